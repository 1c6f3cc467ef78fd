/** What keeps a pod off a node because of the pods on it and its neighbours, in the scheduler's words. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, Pod } from '../../objects/types.ts';
import { isExcluded, type Rejection } from './filters.ts';

type Affinity = NonNullable<NonNullable<Pod['spec']>['affinity']>;
type Term = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type Constraint = NonNullable<NonNullable<Pod['spec']>['topologySpreadConstraints']>[number];

export interface Neighbours {
  nodes: readonly Node[];
  podsOn(nodeName: string): readonly Pod[];
}

const spreadReason = "node(s) didn't match pod topology spread constraints";

/** Differs: `namespaceSelector`, `minDomains` and `matchLabelKeys` are not looked at, and all nodes have the pod's own affinity honoured. */
export function topologyRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  return spreadRejection(pod, node, all) ?? affinityRejection(pod, node, all);
}

function spreadRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  const constraints = (pod.spec?.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  for (const constraint of constraints) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined) return { reasons: [`${spreadReason} (missing required label)`], curable: false };
    if (skewIn(domain, pod, constraint, all) > constraint.maxSkew) return { reasons: [spreadReason], curable: true };
  }
  return undefined;
}

/** How much fuller than the emptiest domain this one would be with the pod in it. */
function skewIn(domain: string, pod: Pod, { topologyKey, labelSelector }: Constraint, all: Neighbours): number {
  const counts = new Map<string, number>();
  for (const node of all.nodes) {
    const value = node.metadata.labels?.[topologyKey];
    if (value === undefined || isExcluded(pod, node)) continue;
    const same = all.podsOn(node.metadata.name ?? '').filter((other) => isAlike(other, pod, labelSelector));
    counts.set(value, (counts.get(value) ?? 0) + same.length);
  }
  const itself = matchesLabels(labelSelector, pod.metadata.labels) ? 1 : 0;
  return (counts.get(domain) ?? 0) + itself - Math.min(...counts.values());
}

function isAlike(other: Pod, pod: Pod, labelSelector: Constraint['labelSelector']): boolean {
  if (other.metadata.deletionTimestamp || other.metadata.namespace !== pod.metadata.namespace) return false;
  return matchesLabels(labelSelector, other.metadata.labels);
}

function affinityRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  const near = (term: Term, of: Pod) => domainOf(node, term, all).some((other) => isMeant(other, term, of));
  if (requiredTerms(pod, 'podAntiAffinity').some((term) => near(term, pod))) {
    return { reasons: ["node(s) didn't match pod anti-affinity rules"], curable: true };
  }
  const isUnwelcome = (other: Pod, term: Term) =>
    domainOf(node, term, all).includes(other) && isMeant(pod, term, other);
  const others = all.nodes.flatMap(({ metadata }) => all.podsOn(metadata.name ?? ''));
  if (others.some((other) => requiredTerms(other, 'podAntiAffinity').some((term) => isUnwelcome(other, term)))) {
    return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], curable: true };
  }
  const terms = requiredTerms(pod, 'podAffinity');
  // The first of a group that wants to be together has nobody to join.
  const isFirst = terms.every((term) => isMeant(pod, term, pod) && !others.some((other) => isMeant(other, term, pod)));
  if (isFirst || terms.every((term) => near(term, pod))) return undefined;
  return { reasons: ["node(s) didn't match pod affinity rules"], curable: false };
}

function requiredTerms({ spec }: Pod, kind: 'podAffinity' | 'podAntiAffinity'): Term[] {
  return spec?.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** The pods on all nodes that share the node's value of the term's topology key. */
function domainOf(node: Node, { topologyKey }: Term, all: Neighbours): Pod[] {
  const value = node.metadata.labels?.[topologyKey];
  if (value === undefined) return [];
  const neighbours = all.nodes.filter(({ metadata }) => metadata.labels?.[topologyKey] === value);
  return neighbours.flatMap(({ metadata }) => all.podsOn(metadata.name ?? ''));
}

/** Whether a term of `of` means this pod. */
function isMeant(pod: Pod, { labelSelector, namespaces = [], namespaceSelector }: Term, of: Pod): boolean {
  const own = namespaces.length === 0 && !namespaceSelector ? [of.metadata.namespace] : namespaces;
  const isThere = namespaceSelector !== undefined || own.includes(pod.metadata.namespace ?? '');
  return isThere && matchesLabels(labelSelector, pod.metadata.labels);
}
