/** How well a pod would be spread from its siblings on each node. */
import type { LabelSelector, Node, Pod } from '../../objects/types.ts';
import type { ClusterView } from './cluster-view.ts';
import { selectorFor } from './pod-terms.ts';
import { constraintsOf, hasAllKeys, isCounted, siblingsOn, type Constraint } from './spreading.ts';

const hostname = 'kubernetes.io/hostname';

/** What the scheduler wants of pods that say nothing about spreading, and have a Service or an owner. */
const ofPodsThatSayNothing = [
  { topologyKey: hostname, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

export function spreadScores(pod: Pod, nodes: readonly Node[], view: ClusterView): number[] {
  const own = (pod.spec?.topologySpreadConstraints ?? []).length > 0;
  const constraints = own ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, view);
  if (constraints.length === 0) return nodes.map(() => 0);
  // By default constraints a node without a zone is as good as any.
  const isJudged = (node: Node) => !own || hasAllKeys(node, constraints);
  const judged = nodes.filter(isJudged);
  const crowds = constraints.map((constraint) => crowdIn(pod, constraint, judged, view));
  const sums = nodes.map((node) =>
    isJudged(node) ? Math.round(crowds.reduce((sum, crowd) => sum + crowd(node), 0)) : undefined,
  );
  return normalized(sums);
}

/** Counts the siblings in a node's domain; one of many domains weighs more than one of a few. */
function crowdIn(pod: Pod, constraint: Constraint, judged: readonly Node[], view: ClusterView): (node: Node) => number {
  const { topologyKey, maxSkew } = constraint;
  const selector = selectorFor(pod, constraint);
  const valueOf = ({ metadata }: Node) => metadata.labels?.[topologyKey];
  const values = new Set(judged.map(valueOf).filter((value) => value !== undefined));
  const weight = Math.log((topologyKey === hostname ? judged.length : values.size) + 2);
  const counts = new Map<string, number>();
  for (const node of view.nodes) {
    const value = valueOf(node);
    if (value === undefined || !values.has(value) || !isCounted(pod, node, constraint)) continue;
    counts.set(value, (counts.get(value) ?? 0) + siblingsOn(node, pod, selector, view));
  }
  return (node) => {
    const value = valueOf(node);
    return value === undefined ? 0 : (counts.get(value) ?? 0) * weight + maxSkew - 1;
  };
}

/** The emptiest gets the most; nodes that are not judged get nothing. */
function normalized(sums: readonly (number | undefined)[]): number[] {
  const known = sums.filter((sum) => sum !== undefined);
  const most = Math.max(0, ...known);
  const least = Math.min(...known);
  return sums.map((sum) => {
    if (sum === undefined) return 0;
    return most === 0 ? 100 : Math.floor((100 * (most + least - sum)) / most);
  });
}

function defaultConstraints(pod: Pod, view: ClusterView): Constraint[] {
  const selectors = view.selectorsOf(pod);
  if (selectors.length === 0) return [];
  const labelSelector = merged(selectors);
  return ofPodsThatSayNothing.map((one) => ({ ...one, whenUnsatisfiable: 'ScheduleAnyway', labelSelector }));
}

function merged(selectors: readonly LabelSelector[]): LabelSelector {
  return {
    matchLabels: Object.assign({}, ...selectors.map(({ matchLabels }) => matchLabels ?? {})) as Record<string, string>,
    matchExpressions: selectors.flatMap(({ matchExpressions }) => matchExpressions ?? []),
  };
}
