/** How welcome a pod would be on each node: what it and the pods that are there prefer. */
import type { Node, Pod } from '../../objects/types.ts';
import { podsOnNode, type Neighbours } from './cluster-view.ts';
import { isMeant, preferredTerms, requiredTerms, withTerms, type Term } from './pod-terms.ts';

/** What a pod that must be near this one is worth. */
const requiredWeight = 1;

export function podAffinityScores(pod: Pod, nodes: readonly Node[], all: Neighbours): number[] {
  const worth = worthOfDomains(pod, all);
  const sums = nodes.map(({ metadata }) =>
    Object.entries(metadata.labels ?? {}).reduce((sum, [key, value]) => sum + (worth.get(domain(key, value)) ?? 0), 0),
  );
  const least = Math.min(...sums);
  const range = Math.max(...sums) - least;
  return sums.map((sum) => (range === 0 ? 0 : Math.floor((100 * (sum - least)) / range)));
}

/** By `key=value` of a topology label. */
function worthOfDomains(pod: Pod, all: Neighbours): Map<string, number> {
  const worth = new Map<string, number>();
  const hasTerms = withTerms([pod]).length > 0;
  for (const node of all.nodes) {
    const add = (term: Term, weight: number, meant: Pod, of: Pod) => {
      const value = node.metadata.labels?.[term.topologyKey];
      if (value === undefined || !isMeant(meant, term, of, all)) return;
      const key = domain(term.topologyKey, value);
      worth.set(key, (worth.get(key) ?? 0) + weight);
    };
    const others = podsOnNode(all, node);
    for (const other of hasTerms ? others : withTerms(others)) {
      for (const [side, sign] of [['podAffinity', 1] as const, ['podAntiAffinity', -1] as const]) {
        for (const { weight, podAffinityTerm } of preferredTerms(pod, side)) {
          add(podAffinityTerm, sign * weight, other, pod);
        }
        for (const { weight, podAffinityTerm } of preferredTerms(other, side)) {
          add(podAffinityTerm, sign * weight, pod, other);
        }
      }
      for (const term of requiredTerms(other, 'podAffinity')) add(term, requiredWeight, pod, other);
    }
  }
  return worth;
}

function domain(key: string, value: string): string {
  return `${key}=${value}`;
}
