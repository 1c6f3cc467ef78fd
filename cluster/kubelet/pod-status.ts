import { toTimestamp } from '../../lib/clock.ts';
import { sumQuantities } from '../objects/quantity.ts';
import type { Pod } from '../objects/types.ts';
import { type ContainerRecord, specOf } from './container-record.ts';
import { containerStatus } from './container-status.ts';
import { isInitialized } from './plan.ts';

type PodStatus = NonNullable<Pod['status']>;
type PodCondition = NonNullable<PodStatus['conditions']>[number];

/** What a pod's status is made of beside its containers. */
export interface PodFacts {
  hostIP: string;
  /** Not there until the pod has its network. */
  podIP?: string;
  startedAtMs: number;
  nowMs: number;
}

/** The pod's status as the kubelet reports it. Pure; what others have written into the status stays. */
export function podStatus(pod: Pod, records: readonly ContainerRecord[], facts: PodFacts): PodStatus {
  const apps = records.filter((one) => one.kind === 'app');
  const inits = records.filter((one) => one.kind !== 'app');
  const phase = phaseOf(pod, apps, inits);
  const statusOf = (record: ContainerRecord) => containerStatus(specOf(pod, record.name), record, inits.length > 0);
  const { limits, requests } = podResources(pod);
  return {
    ...pod.status,
    ...(requests ? { allocatedResources: requests } : {}),
    conditions: mergeConditions(pod, conditionsOf(phase, apps, inits, facts), facts.nowMs),
    containerStatuses: apps.map(statusOf),
    ...(inits.length > 0 ? { initContainerStatuses: inits.map(statusOf) } : {}),
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...(facts.podIP ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
    startTime: pod.status?.startTime ?? toTimestamp(facts.startedAtMs),
  };
}

/** What the pod's containers ask for and are held to, together; undefined where none says anything. */
function podResources({ spec }: Pod): Record<'limits' | 'requests', Record<string, string> | undefined> {
  const sum = (part: 'limits' | 'requests') => {
    const lists = (spec?.containers ?? []).map(({ resources }) => resources?.[part] ?? {});
    const names = [...new Set(lists.flatMap(Object.keys))];
    if (names.length === 0) return undefined;
    const amounts = (name: string) => lists.flatMap((list) => list[name] ?? []);
    return Object.fromEntries(names.map((name) => [name, sumQuantities(amounts(name))]));
  };
  return { limits: sum('limits'), requests: sum('requests') };
}

/** Pending, Running, Succeeded or Failed. */
function phaseOf(pod: Pod, apps: readonly ContainerRecord[], inits: readonly ContainerRecord[]): string {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const initFailed = inits.some((one) => one.kind === 'init' && one.ended && one.ended.exitCode !== 0);
  if (!inits.every(isInitialized)) return initFailed && policy === 'Never' ? 'Failed' : 'Pending';
  if (apps.some((one) => !one.run && !one.ended))
    return pod.metadata.deletionTimestamp && !apps.some((one) => one.run) ? 'Failed' : 'Pending';
  if (apps.some((one) => one.run)) return 'Running';
  const succeeded = apps.every((one) => one.ended?.exitCode === 0);
  // A deleted pod restarts nothing: its end is final.
  if (pod.metadata.deletionTimestamp || policy === 'Never') return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  return succeeded ? 'Succeeded' : 'Running';
}

type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditionsOf(
  phase: string,
  apps: readonly ContainerRecord[],
  inits: readonly ContainerRecord[],
  facts: PodFacts,
): Verdict[] {
  const readiness = readinessOf(phase, apps);
  return [
    { type: 'PodReadyToStartContainers', status: facts.podIP && !isOver(phase) ? 'True' : 'False' },
    initializedOf(phase, inits),
    { type: 'Ready', ...readiness },
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

/** Times of transition stay as long as the verdict stays; conditions of others are kept. */
function mergeConditions(pod: Pod, verdicts: readonly Verdict[], nowMs: number): PodCondition[] {
  const old = pod.status?.conditions ?? [];
  const own = verdicts.map(({ type, status, reason, message }): PodCondition => {
    const before = old.find((one) => one.type === type);
    return {
      // Always null on the wire, and there.
      lastProbeTime: null as unknown as string,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : toTimestamp(nowMs),
      ...(message ? { message } : {}),
      observedGeneration: pod.metadata.generation ?? 1,
      ...(reason ? { reason } : {}),
      status,
      type,
    };
  });
  return [...own, ...old.filter((one) => !verdicts.some(({ type }) => type === one.type))];
}

function isOver(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
