import type { Container, Pod } from '../objects/types.ts';
import type { ContainerExit, RunningContainer } from '../runtime/container-runtime.ts';
import type { BackOff } from './back-off.ts';

/** A run that goes on. */
export interface Run {
  id: string;
  startedAtMs: number;
  /** The number of the run, 0 for the first: names its log file. */
  attempt: number;
  container: RunningContainer;
  stopping?: Stopping;
}

export interface Stopping {
  why: 'deleted' | 'unhealthy';
  sinceMs: number;
}

/** A run that has ended. */
export interface EndedRun extends ContainerExit {
  id: string;
  startedAtMs: number;
  attempt: number;
  /** Ended by the kubelet because a probe failed. */
  unhealthy: boolean;
}

/** All that the kubelet knows of one container of one pod. */
export interface ContainerRecord {
  name: string;
  kind: 'init' | 'sidecar' | 'app';
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
  ready: boolean;
}

export function recordsOf(pod: Pod): ContainerRecord[] {
  const inits = pod.spec?.initContainers ?? [];
  return [
    ...inits.map((container) => recordOf(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init', pod)),
    ...(pod.spec?.containers ?? []).map((container) => recordOf(container, 'app', pod)),
  ];
}

/** A new record; a status that an earlier kubelet left behind says how often the container ran before. */
function recordOf(container: Container, kind: ContainerRecord['kind'], pod: Pod): ContainerRecord {
  const record: ContainerRecord = { name: container.name, kind, restartCount: 0, started: false, ready: false };
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const status = statuses.find((one) => one.name === container.name);
  if (!status?.containerID) return record;
  const { terminated, running } = status.state ?? {};
  const end = terminated ?? status.lastState?.terminated;
  record.restartCount = status.restartCount;
  record.imageDigest = status.imageID;
  record.ended = {
    id: status.containerID.replace(/^.*\/\//, ''),
    attempt: status.restartCount,
    startedAtMs: Date.parse(running?.startedAt ?? end?.startedAt ?? '') || 0,
    finishedAtMs: Date.parse(end?.finishedAt ?? running?.startedAt ?? '') || 0,
    exitCode: terminated?.exitCode ?? 137,
    reason: terminated?.exitCode === 0 ? 'Completed' : 'Error',
    unhealthy: false,
  };
  return record;
}

export function specOf(pod: Pod, name: string): Container {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const found = all.find((container) => container.name === name);
  if (!found) throw new Error(`pod ${pod.metadata.name} has no container ${name}`);
  return found;
}

/** The field path that events of a container carry; `kubectl describe` reads the container's name from it. */
export function fieldPathOf(record: ContainerRecord): string {
  return `spec.${record.kind === 'app' ? 'containers' : 'initContainers'}{${record.name}}`;
}
