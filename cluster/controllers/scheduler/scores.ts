/** Which of the nodes that could take a pod would be best: a number for each, the greater the better. */
import type { Node, Pod } from '../../objects/types.ts';
import { podAffinityScores } from './affinity-score.ts';
import type { ClusterView } from './cluster-view.ts';
import { matchesTerm, tolerates } from './filters.ts';
import { balanceScores, freeRoomScores } from './room-score.ts';
import { spreadScores } from './spread-score.ts';

/** Points from 0 to 100 for each of the nodes, in their order. */
type Scorer = (pod: Pod, nodes: readonly Node[], view: ClusterView) => number[];

/** With the weights that a scheduler has which nobody has configured. */
const scorers: readonly { weight: number; score: Scorer }[] = [
  { weight: 3, score: taintScores },
  { weight: 2, score: nodeAffinityScores },
  { weight: 2, score: spreadScores },
  { weight: 2, score: podAffinityScores },
  { weight: 1, score: freeRoomScores },
  { weight: 1, score: balanceScores },
];

export function scoresOf(pod: Pod, nodes: readonly Node[], view: ClusterView): number[] {
  const points = scorers.map(({ weight, score }) => score(pod, nodes, view).map((one) => one * weight));
  return nodes.map((_, index) => points.reduce((sum, ofOne) => sum + (ofOne[index] ?? 0), 0));
}

/** Taints that only ask to stay away. */
function taintScores(pod: Pod, nodes: readonly Node[]): number[] {
  const counts = nodes.map(
    ({ spec }) =>
      (spec?.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod, taint)).length,
  );
  return shareOfGreatest(counts).map((share) => 100 - share);
}

function nodeAffinityScores({ spec }: Pod, nodes: readonly Node[]): number[] {
  const preferred = spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return shareOfGreatest(
    nodes.map((node) =>
      preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0),
    ),
  );
}

function shareOfGreatest(values: readonly number[]): number[] {
  const greatest = Math.max(0, ...values);
  return values.map((value) => (greatest === 0 ? 0 : Math.floor((100 * value) / greatest)));
}
