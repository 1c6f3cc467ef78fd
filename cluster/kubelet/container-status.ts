import { toTimestamp } from '../../lib/clock.ts';
import type { Container, ContainerState, ContainerStatus } from '../objects/types.ts';
import { parseImageReference } from '../runtime/image-reference.ts';
import type { ContainerRecord, EndedRun } from './container-record.ts';

/** What `kubectl` shows of a container. Pure. */
export function containerStatus(
  container: Container,
  record: ContainerRecord,
  isPodStarting: boolean,
): ContainerStatus {
  const { run, ended, waiting, imageDigest } = record;
  // An attempt to start that failed shows as waiting, and what ran before moves to the last state.
  const isWaiting = !run && (waiting !== undefined || !ended);
  const state: ContainerState = run
    ? { running: { startedAt: toTimestamp(run.startedAtMs) } }
    : isWaiting
      ? { waiting: waiting ?? { reason: isPodStarting ? 'PodInitializing' : 'ContainerCreating' } }
      : terminated(ended as EndedRun);
  const last =
    run || (isWaiting && !ended) ? (run ? record.endedBefore : undefined) : isWaiting ? ended : record.endedBefore;
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
    state,
    ...(id ? { user: { linux: { gid: 0, supplementalGroups: [0], uid: 0 } } } : {}),
    volumeMounts: container.volumeMounts?.map((mount) => ({
      mountPath: mount.mountPath,
      name: mount.name,
      ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    })),
  };
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
