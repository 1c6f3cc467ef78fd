import { containerStatusesOf } from '../objects/container-statuses.ts';
import type { Container, Pod } from '../objects/types.ts';
import type { ContainerExit, RunningContainer } from '../runtime/container-runtime.ts';
import type { BackOff } from './back-off.ts';

/** A run that goes on. */
export interface Run {
  id: string;
  startedAtMs: number;
  /** The number of the run, 0 for the first: names its log file. */
  attempt: number;
  /** As the pod's spec named it. */
  image: string;
  container: RunningContainer;
  stopping?: Stopping;
  /** The events say already that it is being stopped. */
  isAnnounced?: boolean;
  /** What was known when the run began. The status goes on saying it until the postStart hook has succeeded. */
  shownAs?: ContainerRecord;
}

export interface Stopping {
  why: 'deleted' | 'unhealthy' | 'changed' | 'hook-failed';
  sinceMs: number;
}

/** A run that has ended. */
export interface EndedRun extends ContainerExit {
  id: string;
  startedAtMs: number;
  attempt: number;
  /** Ended by the kubelet because a probe failed. */
  unhealthy: boolean;
  /** Ended by the kubelet because the pod's spec has changed: it is started again whatever the restart policy. */
  changed?: boolean;
}

/** All that the kubelet knows of one container of one pod. */
export interface ContainerRecord {
  name: string;
  kind: 'init' | 'sidecar' | 'app' | 'ephemeral';
  restartCount: number;
  run?: Run;
  /** How the latest run ended; not there while one goes on. */
  ended?: EndedRun;
  /** How the run before that ended. */
  endedBefore?: EndedRun;
  /** Why the container could not be started at the last attempt. */
  waiting?: { reason: string; message: string };
  restartBackOff?: BackOff;
  pullBackOff?: BackOff;
  pullError?: string;
  /** Digest of the image that runs or ran last. */
  imageDigest?: string;
  /** The startup probe has passed, or there is none. */
  started: boolean;
  /** It has been up at least once, so that what comes after a sidecar need not wait again. */
  wasUp: boolean;
  ready: boolean;
}

/** @param nowMs milliseconds since the epoch */
export function recordsOf(pod: Pod, nowMs: number): ContainerRecord[] {
  const inits = pod.spec?.initContainers ?? [];
  return [
    ...inits.map((container) =>
      recordOf(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init', pod, nowMs),
    ),
    ...(pod.spec?.containers ?? []).map((container) => recordOf(container, 'app', pod, nowMs)),
    ...newEphemeralRecords(pod, [], nowMs),
  ];
}

/** Records of the containers that `kubectl debug` has added to the pod since `known` was made. */
export function newEphemeralRecords(pod: Pod, known: readonly ContainerRecord[], nowMs: number): ContainerRecord[] {
  return (pod.spec?.ephemeralContainers ?? [])
    .filter(({ name }) => !known.some((record) => record.name === name))
    .map((container) => recordOf(container, 'ephemeral', pod, nowMs));
}

/** One of those that come before the others: an init container or a sidecar. */
export function isInit({ kind }: ContainerRecord): boolean {
  return kind === 'init' || kind === 'sidecar';
}

/** A new record; a status that an earlier kubelet left behind says how often the container ran before. */
function recordOf(container: Container, kind: ContainerRecord['kind'], pod: Pod, nowMs: number): ContainerRecord {
  const { name } = container;
  const record: ContainerRecord = { name, kind, restartCount: 0, started: false, wasUp: false, ready: false };
  const status = containerStatusesOf(pod).find((one) => one.name === name);
  if (!status?.containerID) return record;
  const { terminated, running } = status.state ?? {};
  const end = terminated ?? (running ? undefined : status.lastState?.terminated);
  record.restartCount = status.restartCount;
  record.imageDigest = status.imageID;
  record.ended = {
    id: status.containerID.replace(/^.*\/\//, ''),
    attempt: status.restartCount,
    startedAtMs: Date.parse(running?.startedAt ?? end?.startedAt ?? '') || 0,
    finishedAtMs: end ? Date.parse(end.finishedAt ?? '') || 0 : nowMs,
    // What still ran has ended with its node.
    exitCode: end?.exitCode ?? 255,
    reason: (end?.reason ?? 'Unknown') as EndedRun['reason'],
    ...(end?.message ? { message: end.message } : {}),
    unhealthy: false,
  };
  return record;
}

export function specOf(pod: Pod, name: string): Container {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const all: Container[] = [...initContainers, ...containers, ...ephemeralContainers];
  const found = all.find((container) => container.name === name);
  if (!found) throw new Error(`pod ${pod.metadata.name} has no container ${name}`);
  return found;
}

/** The field path that events of a container carry; `kubectl describe` reads the container's name from it. */
export function fieldPathOf(record: ContainerRecord): string {
  const lists = {
    init: 'initContainers',
    sidecar: 'initContainers',
    app: 'containers',
    ephemeral: 'ephemeralContainers',
  };
  return `spec.${lists[record.kind]}{${record.name}}`;
}
