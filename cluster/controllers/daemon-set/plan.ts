import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import type { DaemonSet, Node, Pod } from '../../objects/types.ts';
import { isEnded, isReady, untilAvailableMs } from '../pod-state.ts';
import { REVISION_LABEL } from '../revisions.ts';
import { isExcluded } from '../scheduler/filters.ts';

type DaemonSetStatus = NonNullable<DaemonSet['status']>;
type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** A daemon stays where others have to go. */
const tolerations: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((key) => ({ key, effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
    key,
    effect: 'NoSchedule',
  })),
].map(({ key, effect }) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));

/** The set's pod for one node, to be named by the server. */
export function podFor(set: DaemonSet, nodeName: string, hash: string): Pod {
  const { name, namespace, annotations: own } = set.metadata;
  const { metadata, spec = { containers: [] } } = set.spec?.template ?? {};
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: {
        ...metadata?.labels,
        [REVISION_LABEL]: hash,
        'pod-template-generation': own?.[GENERATION_ANNOTATION] ?? '1',
      },
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [ownerReferenceTo(set)],
    },
    spec: {
      ...spec,
      affinity: { ...spec.affinity, nodeAffinity: { ...spec.affinity?.nodeAffinity, ...required } },
      tolerations: [...(spec.tolerations ?? []), ...tolerations],
    },
  };
}

/** The node that a pod of the set is on or meant for. */
export function nodeOf({ spec }: Pod): string | undefined {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const field = terms.flatMap(({ matchFields }) => matchFields ?? []).find(({ key }) => key === 'metadata.name');
  return spec?.nodeName ?? field?.values?.[0];
}

export interface DaemonPlan {
  /** Names of nodes that lack a pod. */
  create: string[];
  remove: Pod[];
  /** Pods that ended by themselves and are replaced. */
  failed: Pod[];
  status: DaemonSetStatus;
}

/**
 * One pod on each node that may have one; pods of an older template go as `maxUnavailable` allows. Pure.
 * Differs: `maxSurge` is not carried out; an old pod goes before the new one comes.
 */
export function planDaemonSet(
  set: DaemonSet,
  owned: readonly Pod[],
  given: { nodes: readonly Node[]; hash: string; nowMs: number },
): DaemonPlan {
  const { nodes, hash, nowMs } = given;
  const candidate = candidateOf(set);
  const wanted = nodes.filter((node) => !isExcluded(candidate, node)).map(({ metadata }) => metadata.name ?? '');
  const byNode = Map.groupBy(owned, nodeOf);
  const surplus = [...byNode].flatMap(([node, pods]) => (wanted.includes(node ?? '') ? pods.slice(1) : pods));
  const failed = owned.filter((pod) => isEnded(pod) && !pod.metadata.deletionTimestamp && !surplus.includes(pod));
  const daemons = wanted.map((node) => byNode.get(node)?.[0]);
  const outdated = planUpdate(set, daemons, hash, nowMs).filter((pod) => !failed.includes(pod));
  return {
    create: wanted.filter((node) => !byNode.has(node)),
    remove: [...surplus, ...outdated].filter(({ metadata }) => !metadata.deletionTimestamp),
    failed,
    status: statusOf(set, daemons, {
      hash,
      nowMs,
      misscheduled: [...byNode.keys()].filter((node) => !wanted.includes(node ?? '')).length,
    }),
  };
}

/** A pod of the set that is not meant for any node yet. */
function candidateOf(set: DaemonSet): Pod {
  const pod = podFor(set, '', '');
  return { ...pod, spec: { containers: [], ...pod.spec, affinity: set.spec?.template.spec?.affinity } };
}

function planUpdate(set: DaemonSet, daemons: readonly (Pod | undefined)[], hash: string, nowMs: number): Pod[] {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const old = daemons.filter((pod) => pod !== undefined && pod.metadata.labels?.[REVISION_LABEL] !== hash) as Pod[];
  const limit = amountOf(rollingUpdate?.maxUnavailable ?? 1, daemons.length);
  const unavailable = daemons.filter((pod) => !pod || !isAvailable(set, pod, nowMs)).length;
  const well = old.filter((pod) => isAvailable(set, pod, nowMs));
  return [...old.filter((pod) => !well.includes(pod)), ...well.slice(0, Math.max(0, limit - unavailable))];
}

function statusOf(
  set: DaemonSet,
  daemons: readonly (Pod | undefined)[],
  { hash, nowMs, misscheduled }: { hash: string; nowMs: number; misscheduled: number },
): DaemonSetStatus {
  const there = daemons.filter((pod) => pod !== undefined);
  const available = there.filter((pod) => isAvailable(set, pod, nowMs)).length;
  const optional = {
    numberAvailable: available,
    numberUnavailable: daemons.length - available,
    updatedNumberScheduled: there.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === hash).length,
  };
  return {
    currentNumberScheduled: there.length,
    desiredNumberScheduled: daemons.length,
    numberMisscheduled: misscheduled,
    numberReady: there.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length,
    observedGeneration: set.metadata.generation,
    ...Object.fromEntries(Object.entries(optional).filter(([, count]) => count > 0)),
  };
}

function isAvailable(set: DaemonSet, pod: Pod, nowMs: number): boolean {
  return !pod.metadata.deletionTimestamp && untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, nowMs) === 0;
}

/** Percentages are rounded up, as the real controller does for daemons. */
function amountOf(amount: number | string, total: number): number {
  return typeof amount === 'number' ? amount : Math.ceil((total * Number.parseInt(amount, 10)) / 100);
}
