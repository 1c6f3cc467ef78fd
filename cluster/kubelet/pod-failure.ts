import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseQuantity } from '../objects/quantity.ts';
import type { Pod } from '../objects/types.ts';
import { limits } from './limits.ts';
import type { MountedVolumes } from './volumes.ts';

/** Why a pod as a whole may not go on. */
export interface PodFailure {
  reason: 'DeadlineExceeded' | 'Evicted';
  message: string;
  eventType: 'Normal' | 'Warning';
  /** Ended for the sake of the node, not by a fault of its own program. */
  isDisruption: boolean;
}

/**
 * Why the pod may not go on from now; undefined when it may.
 * @param volumes not there before they are mounted
 */
export function failureOf(pod: Pod, volumes: MountedVolumes | undefined, nowMs: number): PodFailure | undefined {
  return deadlineLeftMs(pod, nowMs) === 0 ? deadlineExceeded : overSizeLimit(pod, volumes ?? new Map());
}

/** When to ask `failureOf` again, in milliseconds. Pure. */
export function nextJudgementMs(pod: Pod, nowMs: number): number {
  const leftMs = deadlineLeftMs(pod, nowMs) ?? Number.POSITIVE_INFINITY;
  return pod.spec?.volumes?.some((volume) => volume.emptyDir?.sizeLimit)
    ? Math.min(leftMs, limits.evictionLookMs)
    : leftMs;
}

const deadlineExceeded: PodFailure = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
  eventType: 'Normal',
  isDisruption: false,
};

function deadlineLeftMs({ spec, status }: Pod, nowMs: number): number | undefined {
  const startedAtMs = Date.parse(status?.startTime ?? '');
  if (spec?.activeDeadlineSeconds === undefined || Number.isNaN(startedAtMs)) return undefined;
  return Math.max(0, startedAtMs + spec.activeDeadlineSeconds * 1000 - nowMs);
}

/** A pod that has filled an emptyDir beyond its limit. */
function overSizeLimit(pod: Pod, volumes: MountedVolumes): PodFailure | undefined {
  for (const { name, emptyDir } of pod.spec?.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    if (!limit || folderBytes(volumes.get(name) ?? '') <= parseQuantity(limit)) continue;
    const message = `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
    return { reason: 'Evicted', message, eventType: 'Warning', isDisruption: true };
  }
  return undefined;
}

/** Files may come and go while they are counted. */
function folderBytes(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
      const path = join(folder, entry.name);
      return total + (entry.isDirectory() ? folderBytes(path) : statSync(path).size);
    }, 0);
  } catch {
    return 0;
  }
}
