import { toTimestamp } from '../../lib/clock.ts';
import { transitionTime } from '../objects/conditions.ts';
import type { PodCondition } from '../objects/pod-conditions.ts';
import { podResources } from '../objects/pod-resources.ts';
import { isEnded } from '../objects/pod-state.ts';
import type { Pod } from '../objects/types.ts';
import { type ContainerRecord, isInit, specOf } from './container-record.ts';
import { containerStatus } from './container-status.ts';
import { isInitialized } from './plan.ts';
import type { PodFailure } from './pod-failure.ts';

type PodStatus = NonNullable<Pod['status']>;

/** What a pod's status is made of beside its containers. */
export interface PodFacts {
  hostIP: string;
  /** Not there until the pod has its network. */
  podIP?: string;
  startedAtMs: number;
  nowMs: number;
  /** Why the pod as a whole may not go on. */
  failure?: PodFailure;
}

/** The pod's status as the kubelet reports it. Pure; what others have written into the status stays. */
export function podStatus(pod: Pod, known: readonly ContainerRecord[], given: PodFacts): PodStatus {
  const records = known.map((record) => record.run?.shownAs ?? record);
  // No pod is reported to be over while something in it still runs.
  const facts = known.some(({ run }) => run) ? { ...given, failure: undefined } : given;
  const apps = records.filter((one) => one.kind === 'app');
  const inits = records.filter(isInit);
  const lasting = records.filter((one) => one.kind !== 'ephemeral');
  const ephemerals = records.filter((one) => one.kind === 'ephemeral');
  const { failure } = facts;
  const phase = failure ? 'Failed' : phaseOf(pod, apps, inits);
  const statusOf = (record: ContainerRecord) =>
    containerStatus(pod, specOf(pod, record.name), record, inits.length > 0);
  const limits = named(podResources(pod.spec, 'limits'));
  const requests = named(podResources(pod.spec, 'requests'));
  return {
    ...pod.status,
    ...(requests ? { allocatedResources: requests } : {}),
    conditions: mergeConditions(pod, conditionsOf(pod, phase, lasting, facts), facts.nowMs),
    containerStatuses: apps.map(statusOf),
    ...(ephemerals.length > 0 ? { ephemeralContainerStatuses: ephemerals.map(statusOf) } : {}),
    ...(inits.length > 0 ? { initContainerStatuses: inits.map(statusOf) } : {}),
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...(failure ? { reason: failure.reason, message: failure.message } : {}),
    ...(facts.podIP ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
    startTime: pod.status?.startTime ?? toTimestamp(facts.startedAtMs),
  };
}

/** Undefined where no container says anything. */
function named(list: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(list).length > 0 ? list : undefined;
}

/** Pending, Running, Succeeded or Failed. */
function phaseOf(pod: Pod, apps: readonly ContainerRecord[], inits: readonly ContainerRecord[]): string {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const initFailed = inits.some((one) => one.kind === 'init' && one.ended && one.ended.exitCode !== 0);
  if (!inits.every(isInitialized)) return initFailed && policy === 'Never' ? 'Failed' : 'Pending';
  if (apps.some((one) => !one.run && !one.ended))
    return pod.metadata.deletionTimestamp && !apps.some((one) => one.run) ? 'Failed' : 'Pending';
  // A pod has not ended before its sidecars have.
  if ([...apps, ...inits].some((one) => one.run)) return 'Running';
  const succeeded = apps.every((one) => one.ended?.exitCode === 0);
  // A deleted pod restarts nothing: its end is final.
  if (pod.metadata.deletionTimestamp || policy === 'Never') return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  return succeeded ? 'Succeeded' : 'Running';
}

type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditionsOf(pod: Pod, phase: string, records: readonly ContainerRecord[], facts: PodFacts): Verdict[] {
  const inits = records.filter((one) => one.kind !== 'app');
  const readiness = readinessOf(
    phase,
    records.filter((one) => one.kind !== 'init'),
  );
  const { failure } = facts;
  return [
    ...(failure?.isDisruption ? [disruptionOf(failure)] : []),
    { type: 'PodReadyToStartContainers', status: facts.podIP && !isEnded({ status: { phase } }) ? 'True' : 'False' },
    initializedOf(phase, inits),
    { type: 'Ready', ...(readiness.status === 'True' ? gatesOf(pod) : readiness) },
    { type: 'ContainersReady', ...readiness },
    { type: 'PodScheduled', status: 'True' },
  ];
}

function initializedOf(phase: string, inits: readonly ContainerRecord[]): Verdict {
  if (phase === 'Succeeded') return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  const open = inits.filter((one) => !isInitialized(one)).map(({ name }) => name);
  if (open.length === 0) return { type: 'Initialized', status: 'True' };
  const message = `containers with incomplete status: [${open.join(' ')}]`;
  return { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message };
}

function disruptionOf({ message }: PodFailure): Verdict {
  return { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message };
}

/** What others have to say about a pod before it counts as ready. */
function gatesOf({ spec, status }: Pod): Omit<Verdict, 'type'> {
  const problems = (spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = status?.conditions?.find(({ type }) => type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (problems.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}

function readinessOf(phase: string, apps: readonly ContainerRecord[]): Omit<Verdict, 'type'> {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = apps.filter((one) => !one.run || !one.ready).map(({ name }) => name);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

/** The kubelet's own come first, in its order; conditions of others are kept. */
function mergeConditions(pod: Pod, verdicts: readonly Verdict[], nowMs: number): PodCondition[] {
  const old = pod.status?.conditions ?? [];
  const now = toTimestamp(nowMs);
  const own = verdicts.map(({ type, status, reason, message }): PodCondition => {
    return {
      // Always null on the wire, and there.
      lastProbeTime: null as unknown as string,
      lastTransitionTime: transitionTime(old, { type, status }, now),
      ...(message ? { message } : {}),
      observedGeneration: pod.metadata.generation ?? 1,
      ...(reason ? { reason } : {}),
      status,
      type,
    };
  });
  return [...own, ...old.filter((one) => !verdicts.some(({ type }) => type === one.type))];
}
