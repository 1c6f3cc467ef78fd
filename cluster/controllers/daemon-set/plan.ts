import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import { isEnded, isReady } from '../../objects/pod-state.ts';
import type { DaemonSet, Node, Pod } from '../../objects/types.ts';
import { REVISION_LABEL } from '../revisions.ts';
import { isAffine, isExcluded, tolerates } from '../scheduler/filters.ts';
import { isAvailable, planUpdate, surplusOn } from './update.ts';

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
 * One pod on each node that may have one; pods of an older template go as `maxUnavailable` and `maxSurge` allow. Pure.
 */
export function planDaemonSet(
  set: DaemonSet,
  owned: readonly Pod[],
  given: { nodes: readonly Node[]; hash: string; nowMs: number },
): DaemonPlan {
  const { nodes, hash, nowMs } = given;
  const candidate = candidateOf(set);
  const wanted = nodes.filter((node) => !isExcluded(candidate, node)).map(({ metadata }) => metadata.name ?? '');
  const kept = new Set(nodes.filter((node) => mayStay(candidate, node)).map(({ metadata }) => metadata.name ?? ''));
  const byNode = Map.groupBy(owned.toSorted(byAge), nodeOf);
  const surplus = [...byNode].flatMap(([node, pods]) => (kept.has(node ?? '') ? surplusOn(set, pods, given) : pods));
  const failed = owned.filter((pod) => isEnded(pod) && !pod.metadata.deletionTimestamp && !surplus.includes(pod));
  const daemons = new Map(wanted.map((node) => [node, byNode.get(node) ?? []]));
  const oldest = [...daemons.values()].map(([pod]) => pod);
  const update = planUpdate(set, daemons, given);
  const outdated = update.remove.filter((pod) => !failed.includes(pod));
  return {
    create: [...wanted.filter((node) => !byNode.has(node)), ...update.create],
    remove: [...surplus, ...outdated].filter(({ metadata }) => !metadata.deletionTimestamp),
    failed,
    status: statusOf(set, oldest, {
      hash,
      nowMs,
      misscheduled: [...byNode.keys()].filter((node) => !wanted.includes(node ?? '')).length,
    }),
  };
}

/** A taint that came later keeps new pods off the node; one that is there goes only when it may not run any more. */
function mayStay(candidate: Pod, node: Node): boolean {
  const taints = node.spec?.taints ?? [];
  return isAffine(candidate, node) && taints.every((one) => one.effect !== 'NoExecute' || tolerates(candidate, one));
}

function byAge(a: Pod, b: Pod): number {
  return (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
}

/** A pod of the set that is not meant for any node yet. */
function candidateOf(set: DaemonSet): Pod {
  const pod = podFor(set, '', '');
  return { ...pod, spec: { containers: [], ...pod.spec, affinity: set.spec?.template.spec?.affinity } };
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
