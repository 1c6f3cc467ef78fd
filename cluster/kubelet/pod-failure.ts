import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseQuantity, sumQuantities } from '../objects/quantity.ts';
import type { Pod } from '../objects/types.ts';
import { limits } from './limits.ts';
import { containerDir, type PodGround } from './pod-ground.ts';
import type { MountedVolumes } from './volumes.ts';

type Ground = Pick<PodGround, 'volumes' | 'podDir' | 'logDir'>;

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
 * @param ground not there before the volumes are mounted
 */
export function failureOf(pod: Pod, ground: Ground | undefined, nowMs: number): PodFailure | undefined {
  if (deadlineLeftMs(pod, nowMs) === 0) return deadlineExceeded;
  return ground && (overSizeLimit(pod, ground.volumes) ?? overStorageLimit(pod, ground));
}

/** When to ask `failureOf` again, in milliseconds. Pure. */
export function nextJudgementMs(pod: Pod, nowMs: number): number {
  const leftMs = deadlineLeftMs(pod, nowMs) ?? Number.POSITIVE_INFINITY;
  return storageLimit(pod) || pod.spec?.volumes?.some((volume) => volume.emptyDir?.sizeLimit)
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

/** A pod whose containers have together written more than their limits: outside of volumes, to the log and to emptyDirs. */
function overStorageLimit(pod: Pod, { volumes, podDir, logDir }: Ground): PodFailure | undefined {
  const limit = storageLimit(pod);
  if (!limit) return undefined;
  const emptyDirs = (pod.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir && emptyDir.medium !== 'Memory');
  const folders = [
    ...(pod.spec?.containers ?? []).map(({ name }) => containerDir(podDir, name)),
    ...emptyDirs.map(({ name }) => volumes.get(name) ?? ''),
    logDir,
  ];
  if (folders.reduce((total, folder) => total + folderBytes(folder), 0) <= parseQuantity(limit)) return undefined;
  const message = `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `;
  return { reason: 'Evicted', message, eventType: 'Warning', isDisruption: true };
}

function storageLimit({ spec }: Pod): string | undefined {
  const limits = (spec?.containers ?? []).flatMap(({ resources }) => resources?.limits?.['ephemeral-storage'] ?? []);
  return limits.length > 0 ? sumQuantities(limits) : undefined;
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
