/** What keeps a pod off a node because its siblings are to be spread, in the scheduler's words. */
import { matchesLabels } from '../../objects/selector.ts';
import type { LabelSelector, Node, Pod } from '../../objects/types.ts';
import { podsOnNode, type Neighbours } from './cluster-view.ts';
import { isAffine, isTolerable, type Rejection } from './filters.ts';
import { ofPods } from './of-pods.ts';
import { selectorFor } from './pod-terms.ts';

export type Constraint = NonNullable<NonNullable<Pod['spec']>['topologySpreadConstraints']>[number];

const reason = "node(s) didn't match pod topology spread constraints";

export function spreadRejection(pod: Pod, node: Node, all: Neighbours): Rejection | undefined {
  const constraints = constraintsOf(pod, 'DoNotSchedule');
  for (const constraint of constraints) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined) return { reasons: [`${reason} (missing required label)`], curable: false };
    const counts = siblingsByDomain(pod, constraint, constraints, all);
    if (skewIn(domain, counts, pod, constraint) > constraint.maxSkew) return { reasons: [reason], curable: true };
  }
  return undefined;
}

export function constraintsOf({ spec }: Pod, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  return (spec?.topologySpreadConstraints ?? []).filter((one) => one.whenUnsatisfiable === whenUnsatisfiable);
}

/** How many pods on the node are alike: of the same namespace, meant by the selector, and not leaving. */
export function siblingsOn(node: Node, pod: Pod, selector: LabelSelector | undefined, all: Neighbours): number {
  const { namespace } = pod.metadata;
  const known = siblingCounts(podsOnNode(all, node));
  const question = JSON.stringify([namespace, selector]);
  const found = known.get(question);
  if (found !== undefined) return found;
  const isSibling = ({ metadata }: Pod) =>
    !metadata.deletionTimestamp && metadata.namespace === namespace && matchesLabels(selector, metadata.labels);
  const count = podsOnNode(all, node).filter(isSibling).length;
  known.set(question, count);
  return count;
}

/** By namespace and selector, as far as somebody has asked. */
const siblingCounts = ofPods(() => new Map<string, number>());

/** Whether the constraint looks at this node at all. */
export function isCounted(pod: Pod, node: Node, { nodeAffinityPolicy, nodeTaintsPolicy }: Constraint): boolean {
  return (
    (nodeAffinityPolicy === 'Ignore' || isAffine(pod, node)) && (nodeTaintsPolicy !== 'Honor' || isTolerable(pod, node))
  );
}

/** A node that lacks one of the labels belongs to no domain. */
export function hasAllKeys({ metadata }: Node, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => metadata.labels?.[topologyKey] !== undefined);
}

function siblingsByDomain(
  pod: Pod,
  constraint: Constraint,
  constraints: readonly Constraint[],
  all: Neighbours,
): Map<string, number> {
  const counts = new Map<string, number>();
  const selector = selectorFor(pod, constraint);
  for (const node of all.nodes) {
    const value = node.metadata.labels?.[constraint.topologyKey];
    if (value === undefined || !hasAllKeys(node, constraints) || !isCounted(pod, node, constraint)) continue;
    counts.set(value, (counts.get(value) ?? 0) + siblingsOn(node, pod, selector, all));
  }
  return counts;
}

/** How much fuller than the emptiest domain this one would be with the pod in it. */
function skewIn(domain: string, counts: Map<string, number>, pod: Pod, constraint: Constraint): number {
  const itself = matchesLabels(selectorFor(pod, constraint), pod.metadata.labels) ? 1 : 0;
  // Domains that are still to come count as empty ones.
  const fewest = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
  return (counts.get(domain) ?? 0) + itself - fewest;
}
