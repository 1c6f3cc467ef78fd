import type { Pod } from '../objects/types.ts';
import { type BackOff, nextBackOff, remainingMs } from './back-off.ts';
import { type ContainerRecord, type EndedRun, isInit } from './container-record.ts';

/** What a pod's worker has to do next. */
export type Action =
  /** Pull the image if need be, make the environment, start. `backOff` is what the next failure will have to wait. */
  | { kind: 'start'; name: string; backOff?: BackOff }
  /** It is too early to restart a container that has failed. */
  | { kind: 'back-off'; name: string; delayMs: number; remainingMs: number }
  | { kind: 'stop'; name: string; why: 'deleted' | 'changed' }
  /** All containers of a deleted pod have ended: the object may go. */
  | { kind: 'remove' }
  /** The pod has run to its end: its address and files are no longer needed. */
  | { kind: 'finish' };

/**
 * Decides what to do with a pod's containers. Pure.
 * @param nowMs milliseconds since the epoch
 * @param hasFailed the pod as a whole may not go on: evicted, or over its deadline
 */
export function planPod(pod: Pod, records: readonly ContainerRecord[], nowMs: number, hasFailed = false): Action[] {
  const restartPolicy = pod.spec?.restartPolicy ?? 'Always';
  if (pod.metadata.deletionTimestamp) return planRemoval(records);
  if (hasFailed || isFinished(records, restartPolicy))
    return records.some((one) => one.run) ? stopAll(records) : [{ kind: 'finish' }];
  // Whoever debugs need not wait for the others; what has ended stays so.
  const actions = records
    .filter((one) => one.kind === 'ephemeral')
    .flatMap((record) => planContainer(record, 'Never', nowMs) ?? []);
  for (const record of records.filter(isInit)) {
    const policy = record.kind === 'sidecar' ? 'Always' : initPolicy(restartPolicy);
    const action = planChange(pod, record) ?? planContainer(record, policy, nowMs);
    if (action) actions.push(action);
    if (!isInitialized(record)) return actions;
  }
  for (const record of records.filter((one) => one.kind === 'app')) {
    const action = planChange(pod, record) ?? planContainer(record, restartPolicy, nowMs);
    if (action) actions.push(action);
  }
  return actions;
}

/** An init container that may let the next one start: it has succeeded, or as a sidecar it was up once. */
export function isInitialized(record: ContainerRecord): boolean {
  return record.kind === 'sidecar' ? record.wasUp : record.ended?.exitCode === 0;
}

/** Whether the pod has come to its end for good: phase Succeeded or Failed. */
export function isFinished(records: readonly ContainerRecord[], restartPolicy: string): boolean {
  if (restartPolicy === 'Always') return false;
  const inits = records.filter((one) => one.kind === 'init');
  if (restartPolicy === 'Never' && inits.some((one) => one.ended && one.ended.exitCode !== 0)) return true;
  const apps = records.filter((one) => one.kind === 'app');
  return apps.every((one) => one.ended && !isRestarted(one.ended, restartPolicy));
}

function planRemoval(records: readonly ContainerRecord[]): Action[] {
  return records.some((one) => one.run) ? stopAll(records) : [{ kind: 'remove' }];
}

/** Sidecars go after all others have ended, the last one first. */
function stopAll(records: readonly ContainerRecord[]): Action[] {
  const running = records.filter((one) => one.run);
  const others = running.filter((one) => one.kind !== 'sidecar');
  return (others.length > 0 ? others : running.slice(-1))
    .filter((one) => one.run?.stopping?.why !== 'deleted')
    .map(({ name }) => ({ kind: 'stop' as const, name, why: 'deleted' as const }));
}

/** A container runs what the pod's spec names; that may have changed. */
function planChange(pod: Pod, { name, run }: ContainerRecord): Action | undefined {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const wanted = containers.find((one) => one.name === name)?.image;
  if (!run || run.stopping || wanted === undefined || run.image === wanted) return undefined;
  return { kind: 'stop', name, why: 'changed' };
}

function planContainer(record: ContainerRecord, restartPolicy: string, nowMs: number): Action | undefined {
  const { name, ended, run, restartBackOff } = record;
  if (run) return undefined;
  if (!ended) return { kind: 'start', name };
  if (!isRestarted(ended, restartPolicy)) return undefined;
  if (ended.changed) return { kind: 'start', name };
  const sinceMs = failedAtMs(record, ended);
  if (sinceMs === undefined) return { kind: 'start', name };
  const left = remainingMs(restartBackOff, sinceMs, nowMs);
  if (left === 0) return { kind: 'start', name, backOff: nextBackOff(restartBackOff, sinceMs, nowMs) };
  return { kind: 'back-off', name, delayMs: restartBackOff?.delayMs ?? 0, remainingMs: left };
}

/**
 * The end that the back-off counts from. When the kubelet itself ended an unhealthy container, it decides about the
 * restart with what it knew before the kill: the end of the run before. So a container that lives longer than its
 * back-off is restarted at once.
 */
function failedAtMs(record: ContainerRecord, ended: EndedRun): number | undefined {
  if (ended.unhealthy && !record.waiting) return record.endedBefore?.finishedAtMs;
  return ended.finishedAtMs;
}

function initPolicy(restartPolicy: string): string {
  return restartPolicy === 'Never' ? 'Never' : 'OnFailure';
}

function isRestarted(ended: EndedRun, restartPolicy: string): boolean {
  return (
    ended.changed === true || restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && ended.exitCode !== 0)
  );
}
