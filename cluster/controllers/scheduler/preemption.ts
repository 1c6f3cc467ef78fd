/** Who must leave so that a pod of higher priority fits, and on which node that costs least. */
import { matchesLabels } from '../../objects/selector.ts';
import type { Node, Pod, PodDisruptionBudget } from '../../objects/types.ts';
import { nameOf, podsOnNode, priorityOf, withPodsOn, type ClusterView } from './cluster-view.ts';
import { feasibility, type Candidate } from './feasibility.ts';
import type { Rejection } from './filters.ts';
import { unavailableText } from './unavailable.ts';

export type Preemption =
  | { type: 'victims'; nodeName: string; victims: readonly Pod[] }
  /** In the scheduler's words. */
  | { type: 'none'; message: string };

interface Cost {
  node: Node;
  /** The most important first; there is at least one. */
  victims: readonly Pod[];
  /** How many of them a disruption budget would keep. */
  violations: number;
}

/** @param rejections why each of the nodes will not have the pod as things are, in their order */
export function findVictims(candidate: Candidate, rejections: readonly Rejection[], view: ClusterView): Preemption {
  if (candidate.pod.spec?.preemptionPolicy === 'Never') {
    return { type: 'none', message: 'not eligible due to preemptionPolicy=Never.' };
  }
  const attempts = view.nodes.map((node, index) =>
    rejections[index]?.curable ? costOn(candidate, node, view) : ['Preemption is not helpful for scheduling'],
  );
  const [best] = attempts.filter((attempt) => 'victims' in attempt).toSorted(byCost);
  if (best) return { type: 'victims', nodeName: nameOf(best.node), victims: best.victims };
  const reasons = attempts.flatMap((attempt) => ('victims' in attempt ? [] : attempt));
  return { type: 'none', message: unavailableText(view.nodes.length, reasons) };
}

/** Sends all pods of lower priority away, then lets back in whom there is room for; or the reasons why that is in vain. */
function costOn(candidate: Candidate, node: Node, view: ClusterView): Cost | string[] {
  const priority = priorityOf(candidate.pod);
  const present = podsOnNode(view, node);
  const lower = present.filter((pod) => priorityOf(pod) < priority).toSorted(byImportance);
  if (lower.length === 0) return ['No preemption victims found for incoming pod'];
  let kept = present.filter((pod) => priorityOf(pod) >= priority);
  const rejectionWith = (pods: readonly Pod[]) => feasibility(candidate, node, withPodsOn(view, node, pods));
  const hopeless = rejectionWith(kept);
  if (hopeless) return hopeless.reasons;

  const guarded = guardedBy(view.budgets, lower);
  const victims: Pod[] = [];
  for (const pod of [...guarded, ...lower.filter((one) => !guarded.includes(one))]) {
    if (rejectionWith([...kept, pod])) victims.push(pod);
    else kept = [...kept, pod];
  }
  const violations = victims.filter((pod) => guarded.includes(pod)).length;
  return { node, victims: victims.toSorted(byImportance), violations };
}

/** Those of the pods whose leaving would break a disruption budget. */
function guardedBy(budgets: readonly PodDisruptionBudget[], pods: readonly Pod[]): Pod[] {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  return pods.filter((pod) => {
    const guarding = budgets.filter((budget) => guards(budget, pod));
    for (const budget of guarding) left.set(budget, (left.get(budget) ?? 0) - 1);
    return guarding.some((budget) => (left.get(budget) ?? 0) < 0);
  });
}

function guards({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  const { name = '', namespace, labels = {} } = pod.metadata;
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  if (metadata.namespace !== namespace || Object.keys(labels).length === 0) return false;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  // Who is in the list of the disrupted has been taken from the budget already.
  return matchesLabels(spec?.selector, labels) && status?.disruptedPods?.[name] === undefined;
}

/** Higher priority first, and among equals who has run longer. */
function byImportance(a: Pod, b: Pod): number {
  return priorityOf(b) - priorityOf(a) || startedAt(a) - startedAt(b);
}

function byCost(a: Cost, b: Cost): number {
  return (
    a.violations - b.violations ||
    highestPriority(a) - highestPriority(b) ||
    prioritySum(a) - prioritySum(b) ||
    a.victims.length - b.victims.length ||
    earliestStart(b) - earliestStart(a)
  );
}

function highestPriority({ victims }: Cost): number {
  return Math.max(...victims.map(priorityOf));
}

/** No priority is below nothing here, so that a few pods are always less than many. */
function prioritySum({ victims }: Cost): number {
  return victims.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0);
}

/** When the first of the most important victims was started. */
function earliestStart(cost: Cost): number {
  const highest = highestPriority(cost);
  return Math.min(...cost.victims.filter((pod) => priorityOf(pod) === highest).map(startedAt));
}

function startedAt({ status, metadata }: Pod): number {
  return Date.parse(status?.startTime ?? metadata.creationTimestamp ?? '') || 0;
}
