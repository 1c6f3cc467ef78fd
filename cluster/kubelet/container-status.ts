import { toTimestamp } from '../../lib/clock.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../objects/types.ts';
import { parseImageReference } from '../runtime/image-reference.ts';
import type { ContainerRecord, EndedRun } from './container-record.ts';
import { userOf } from './container-user.ts';

/** What `kubectl` shows of a container. Pure. */
export function containerStatus(
  pod: Pod,
  container: Container,
  record: ContainerRecord,
  hasInitContainers: boolean,
): ContainerStatus {
  const { run, ended, imageDigest } = record;
  const last = lastEnd(record);
  const id = run?.id ?? ended?.id;
  const requests = container.resources?.requests;
  return {
    ...(requests && id ? { allocatedResources: requests } : {}),
    ...(id ? { containerID: `containerd://${id}` } : {}),
    image: id ? (parseImageReference(container.image ?? '')?.full ?? container.image ?? '') : (container.image ?? ''),
    imageID: id ? (imageDigest ?? '') : '',
    lastState: last ? terminated(last) : {},
    name: container.name,
    ready: record.kind === 'init' ? ended?.exitCode === 0 : run !== undefined && record.ready,
    ...(id ? { resources: container.resources ?? {} } : {}),
    restartCount: record.restartCount,
    started: run !== undefined && record.started,
    state: stateOf(record, hasInitContainers),
    ...(id ? { user: { linux: userOf(pod, container) } } : {}),
    volumeMounts: container.volumeMounts?.map((mount) => ({
      mountPath: mount.mountPath,
      name: mount.name,
      ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    })),
  };
}

function stateOf({ run, ended, waiting }: ContainerRecord, hasInitContainers: boolean): ContainerState {
  if (run) return { running: { startedAt: toTimestamp(run.startedAtMs) } };
  if (ended && !waiting) return terminated(ended);
  return { waiting: waiting ?? { reason: hasInitContainers ? 'PodInitializing' : 'ContainerCreating' } };
}

/** While a container waits to be started again, the run that has just ended is its last one. */
function lastEnd({ run, ended, endedBefore, waiting }: ContainerRecord): EndedRun | undefined {
  return !run && waiting ? ended : endedBefore;
}

function terminated(ended: EndedRun): ContainerState {
  return {
    terminated: {
      containerID: `containerd://${ended.id}`,
      exitCode: ended.exitCode,
      finishedAt: toTimestamp(ended.finishedAtMs),
      ...(ended.message ? { message: ended.message } : {}),
      reason: ended.reason,
      startedAt: toTimestamp(ended.startedAtMs),
    },
  };
}
