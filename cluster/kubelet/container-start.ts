import { randomBytes } from 'node:crypto';
import { parseQuantity } from '../objects/quantity.ts';
import type { Container, Pod } from '../objects/types.ts';
import type { ContainerSpec, Image } from '../runtime/container-runtime.ts';
import { StartError } from '../runtime/start-error.ts';
import { type BackOff, nextBackOff, remainingMs } from './back-off.ts';
import { ContainerLog } from './container-log.ts';
import { type ContainerRecord, fieldPathOf, specOf } from './container-record.ts';
import { rootProblem } from './container-user.ts';
import { ConfigError, containerEnvironment } from './environment.ts';
import { expand } from './expand.ts';
import { goDuration } from './go-duration.ts';
import { canPullAgain, decidePull, imageSizeBytes, pullFailure } from './image-pull.ts';
import { containerDir, logFileOf, type PodGround } from './pod-ground.ts';
import type { Action } from './plan.ts';
import { type PodServices, sourcesOf } from './pod-services.ts';
import type { Outcome } from './sync-interval.ts';
import { clearTerminationMessage, terminationMount } from './termination-message.ts';
import { mountsOf } from './volumes.ts';

/**
 * Pulls, makes the environment and starts, with the events of each step. On failure the record says why it waits.
 * @returns the log of the new run, or undefined when the container could not be started
 */
export async function startContainer(
  pod: Pod,
  container: Container,
  record: ContainerRecord,
  given: { ground: PodGround; services: PodServices; backOff?: BackOff },
): Promise<ContainerLog | undefined> {
  const { ground, services, backOff } = given;
  const note = eventNoter(pod, record, services);
  const image = await pullImage(container, record, services, note);
  if (!image) return undefined;
  let spec: ContainerSpec;
  try {
    spec = containerSpec(pod, container, { image, ground, services });
  } catch (error) {
    const { message } = error as Error;
    const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError';
    return refuse(record, note, { reason, message });
  }
  note('Normal', 'Created', 'Container created');
  if (backOff) record.restartBackOff = backOff;
  beginAttempt(record);
  clearTerminationMessage(container, ground.podDir);
  const log = new ContainerLog(logFileOf(ground.logDir, container.name, record.restartCount), services.clock);
  try {
    const running = await services.startSlots.run(() =>
      services.runtime.start(spec, (stream, line) => log.append(stream, line)),
    );
    record.waiting = undefined;
    record.imageDigest = image.digest;
    record.run = {
      id: running.id,
      startedAtMs: running.startedAtMs,
      attempt: record.restartCount,
      image: container.image ?? '',
      container: running,
    };
    note('Normal', 'Started', 'Container started');
  } catch (error) {
    failStart(record, image, error as Error, services.clock.now());
    note('Warning', 'Failed', `Error: ${(error as Error).message}`);
    log.close();
  }
  return log;
}

type Note = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

export function eventNoter(pod: Pod, record: ContainerRecord, { recorder }: PodServices): Note {
  return (type, reason, message) =>
    recorder.record({ about: pod, fieldPath: fieldPathOf(record), type, reason, message });
}

async function pullImage(
  container: Container,
  record: ContainerRecord,
  { runtime, clock }: PodServices,
  note: Note,
): Promise<Image | undefined> {
  const reference = container.image ?? '';
  const nowMs = clock.now();
  const present = await runtime.resolveImage(reference);
  const decision = decidePull(reference, container.imagePullPolicy, present);
  if (decision.kind === 'refused') {
    note('Warning', decision.reason === 'InvalidImageName' ? 'InspectFailed' : decision.reason, decision.message);
    return refuse(record, note, decision, `Error: ${decision.reason}`);
  }
  if (decision.kind === 'present') {
    note(
      'Normal',
      'Pulled',
      `Container image "${reference}" already present on machine and can be accessed by the pod`,
    );
    return present;
  }
  const { pullBackOff } = record;
  if (pullBackOff && remainingMs(pullBackOff, pullBackOff.updatedAtMs, nowMs) > 0) {
    const text = `Back-off pulling image "${reference}"`;
    note('Normal', 'BackOff', text);
    const message = `${text}: ErrImagePull: ${record.pullError}`;
    return refuse(record, note, { reason: 'ImagePullBackOff', message }, 'Error: ImagePullBackOff');
  }
  note('Normal', 'Pulling', `Pulling image "${reference}"`);
  if (present && canPullAgain(reference, present)) {
    const took = `${clock.now() - nowMs}ms`;
    const size = `Image size: ${imageSizeBytes(present)} bytes.`;
    note(
      'Normal',
      'Pulled',
      `Successfully pulled image "${reference}" in ${took} (${took} including waiting). ${size}`,
    );
    return present;
  }
  const isKnown = !present && (await runtime.knowsRepository(reference));
  const message = pullFailure(reference, isKnown);
  record.pullError = message;
  record.pullBackOff = nextBackOff(pullBackOff, nowMs, nowMs);
  note('Warning', 'Failed', `Failed to pull image "${reference}": ${message}`);
  return refuse(record, note, { reason: 'ErrImagePull', message }, 'Error: ErrImagePull');
}

function refuse(
  record: ContainerRecord,
  note: Note,
  why: { reason: string; message: string },
  eventText = `Error: ${why.message}`,
): undefined {
  record.waiting = { reason: why.reason, message: why.message };
  note('Warning', 'Failed', eventText);
}

/** Says that it is too early to start the container again. */
export function backOff(
  pod: Pod,
  record: ContainerRecord,
  { delayMs, remainingMs: leftMs }: Extract<Action, { kind: 'back-off' }>,
  services: PodServices,
): Outcome {
  const { name, namespace, uid } = pod.metadata;
  const where = `${name}_${namespace}(${uid})`;
  const isNew = record.waiting?.reason !== 'CrashLoopBackOff';
  const looksSoon = isNew && specOf(pod, record.name).readinessProbe !== undefined;
  record.waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off ${goDuration(delayMs)} restarting failed container=${record.name} pod=${where}`,
  };
  const message = `Back-off restarting failed container ${record.name} in pod ${where}`;
  eventNoter(pod, record, services)('Warning', 'BackOff', message);
  return { kind: 'back-off', remainingMs: leftMs, looksSoon };
}

function beginAttempt(record: ContainerRecord): void {
  if (!record.ended) return;
  record.restartCount++;
  record.endedBefore = record.ended;
  record.ended = undefined;
}

function failStart(record: ContainerRecord, image: Image, error: Error, nowMs: number): void {
  record.imageDigest = image.digest;
  record.waiting = { reason: 'RunContainerError', message: error.message };
  record.ended = {
    id: randomBytes(32).toString('hex'),
    attempt: record.restartCount,
    // Nothing ever ran: the epoch, as containerd has it.
    startedAtMs: 0,
    finishedAtMs: nowMs,
    exitCode: error instanceof StartError ? error.exitCode : 128,
    reason: 'StartError',
    message: error.message,
    unhealthy: false,
  };
}

function containerSpec(
  pod: Pod,
  container: Container,
  given: { image: Image; ground: PodGround; services: PodServices },
): ContainerSpec {
  const { image, ground, services } = given;
  const { attachment, podDir } = ground;
  const env = containerEnvironment(pod, container, {
    imageEnv: image.env,
    addresses: { podIP: attachment.ip, hostIP: services.hostIP },
    sources: sourcesOf(pod, services),
  });
  const wouldBeRoot = rootProblem(pod, container);
  if (wouldBeRoot) throw new ConfigError(wouldBeRoot);
  const limit = container.resources?.limits;
  return {
    podUid: pod.metadata.uid ?? '',
    podName: (pod.spec?.hostNetwork ? pod.spec.nodeName : pod.spec?.hostname) ?? pod.metadata.name ?? '',
    namespace: pod.metadata.namespace ?? '',
    name: container.name,
    image,
    command: container.command?.map((word) => expand(word, env)),
    args: container.args?.map((word) => expand(word, env)),
    env,
    internalEnv: attachment.env,
    preload: attachment.preload,
    mounts: [...mountsOf(container, pod, { ...ground, env }), terminationMount(container, podDir)],
    // Differs: a folder of the container's own, whatever `workingDir` says; files of the image are not laid out.
    workingDir: containerDir(podDir, container.name),
    stdin: container.stdin,
    stdinOnce: container.stdinOnce,
    tty: container.tty,
    memoryLimitBytes: limit?.['memory'] ? parseQuantity(limit['memory']) : undefined,
    cpuLimitMillis: limit?.['cpu'] ? parseQuantity(limit['cpu']) * 1000 : undefined,
  };
}
