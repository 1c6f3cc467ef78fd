/** Why a node cannot take a pod, in the scheduler's words. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, Pod } from '../../objects/types.ts';
import { podRequests, requestsOfAll, toRequests } from './requests.ts';

export interface Rejection {
  reasons: string[];
  /** Whether the pod would fit if others made room. */
  curable: boolean;
}

type NodeSpec = NonNullable<Node['spec']>;
type Taint = NonNullable<NodeSpec['taints']>[number];
type NodeTerm = NonNullable<
  NonNullable<
    NonNullable<NonNullable<Pod['spec']>['affinity']>['nodeAffinity']
  >['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

const defaultMaxPods = 110;

/** Asks the filters in the real scheduler's order; the first that objects speaks for the node. */
export function rejectionOf(pod: Pod, node: Node, podsOnNode: readonly Pod[]): Rejection | undefined {
  const reason = unschedulable(pod, node) ?? untolerated(pod, node) ?? unmatched(pod, node);
  if (reason !== undefined) return { reasons: [reason], curable: false };
  return occupied(pod, podsOnNode) ?? insufficient(pod, node, podsOnNode);
}

/** Whether taints, labels or affinity keep the pod off the node for good, however much room there is. */
export function isExcluded(pod: Pod, node: Node): boolean {
  return !isTolerable(pod, node) || !isAffine(pod, node);
}

function unschedulable(pod: Pod, node: Node): string | undefined {
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  return node.spec?.unschedulable && !tolerates(pod, cordon) ? 'node(s) were unschedulable' : undefined;
}

function untolerated(pod: Pod, node: Node): string | undefined {
  return isTolerable(pod, node) ? undefined : 'node(s) had untolerated taint(s)';
}

/** Whether no taint of the node keeps the pod away. */
export function isTolerable(pod: Pod, node: Node): boolean {
  return (node.spec?.taints ?? []).every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod, taint));
}

export function tolerates(pod: Pod, taint: Taint): boolean {
  return (pod.spec?.tolerations ?? []).some((toleration) => matchesTaint(toleration, taint));
}

/** Whether a toleration means this taint. */
export function matchesTaint({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (!key) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}

function unmatched(pod: Pod, node: Node): string | undefined {
  return isAffine(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

/** Whether the node is among those that the pod's selector and node affinity ask for. */
export function isAffine({ spec }: Pod, node: Node): boolean {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    matchesLabels({ matchLabels: spec?.nodeSelector ?? {} }, node.metadata.labels) &&
    (terms?.some((term) => matchesTerm(term, node)) ?? true)
  );
}

/** Whether a term of node affinity means this node; one that says nothing means none. */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeTerm, { metadata }: Node): boolean {
  const fields = { 'metadata.name': metadata.name ?? '' };
  return (
    matchExpressions.length + matchFields.length > 0 &&
    matchesLabels({ matchExpressions }, metadata.labels) &&
    matchesLabels({ matchExpressions: matchFields }, fields)
  );
}

function occupied(pod: Pod, podsOnNode: readonly Pod[]): Rejection | undefined {
  const wanted = hostPortsOf(pod);
  if (wanted.length === 0) return undefined;
  const taken = new Set(podsOnNode.flatMap(hostPortsOf));
  const isTaken = wanted.some((port) => taken.has(port));
  return isTaken
    ? { reasons: ["node(s) didn't have free ports for the requested pod ports"], curable: true }
    : undefined;
}

function hostPortsOf({ spec }: Pod): string[] {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${hostPort}/${protocol}`] : []));
}

function insufficient(pod: Pod, node: Node, podsOnNode: readonly Pod[]): Rejection | undefined {
  const { allocatable } = node.status ?? {};
  const wanted = podRequests(pod);
  const used = requestsOfAll(podsOnNode);
  const capacity = toRequests(allocatable);
  const reasons: string[] = [];
  let curable = true;
  if (podsOnNode.length + 1 > Number(allocatable?.pods ?? defaultMaxPods)) reasons.push('Too many pods');
  for (const [resource, label] of [
    ['cpuMillis', 'cpu'],
    ['memoryBytes', 'memory'],
  ] as const) {
    if (wanted[resource] === 0 || allocatable?.[label] === undefined) continue;
    if (used[resource] + wanted[resource] > capacity[resource]) reasons.push(`Insufficient ${label}`);
    if (wanted[resource] > capacity[resource]) curable = false;
  }
  for (const [name, count] of Object.entries(wanted.extended)) {
    const offered = capacity.extended[name] ?? 0;
    if (count === 0 || (used.extended[name] ?? 0) + count <= offered) continue;
    reasons.push(`Insufficient ${name}`);
    if (count > offered) curable = false;
  }
  return reasons.length > 0 ? { reasons, curable } : undefined;
}
