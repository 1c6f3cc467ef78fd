/** What keeps a pod off a node because of the pods on it and around it, in the scheduler's words. */
import type { Node, Pod } from '../../objects/types.ts';
import { podsOnNode, type Neighbours } from './cluster-view.ts';
import type { Rejection } from './filters.ts';
import { isMeant, requiredTerms, withTerms, type Term } from './pod-terms.ts';

export function affinityRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  const near = (term: Term) => domainOf(node, term, all).some((other) => isMeant(other, term, pod, all));
  if (requiredTerms(pod, 'podAntiAffinity').some(near)) {
    return { reasons: ["node(s) didn't match pod anti-affinity rules"], curable: true };
  }
  const isUnwelcome = (other: Pod, term: Term) =>
    domainOf(node, term, all).includes(other) && isMeant(pod, term, other, all);
  const others = () => all.nodes.flatMap((other) => podsOnNode(all, other));
  const concerned = all.nodes.flatMap((other) => withTerms(podsOnNode(all, other)));
  if (concerned.some((other) => requiredTerms(other, 'podAntiAffinity').some((term) => isUnwelcome(other, term)))) {
    return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], curable: true };
  }
  const terms = requiredTerms(pod, 'podAffinity');
  const hasKeys = terms.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
  // The first of a group that wants to be together has nobody to join.
  const isFirst = () =>
    terms.every((term) => isMeant(pod, term, pod, all) && !others().some((other) => isMeant(other, term, pod, all)));
  if (hasKeys && (terms.every(near) || isFirst())) return undefined;
  return { reasons: ["node(s) didn't match pod affinity rules"], curable: false };
}

/** The pods on all nodes that share the node's value of the term's topology key. */
function domainOf(node: Node, { topologyKey }: Term, all: Neighbours): Pod[] {
  const value = node.metadata.labels?.[topologyKey];
  if (value === undefined) return [];
  const neighbours = all.nodes.filter(({ metadata }) => metadata.labels?.[topologyKey] === value);
  return neighbours.flatMap((neighbour) => podsOnNode(all, neighbour));
}
