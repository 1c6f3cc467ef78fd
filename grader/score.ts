import type { CriterionVerdict, IssueVerdict } from './verdict.ts';

/** Hints never cost more than this share of all points. */
const maxPenaltyShare = 0.2;

export interface Score {
  score: number;
  maxScore: number;
  hintPenalty: number;
}

/**
 * The published rule: the points of everything that passed, minus the cost of the opened hints, which is at most
 * a fifth of all points; never below zero.
 */
export function scoreOf(
  parts: readonly Pick<IssueVerdict | CriterionVerdict, 'points' | 'maxPoints'>[],
  hints: { used: number; cost: number },
): Score {
  const earned = parts.reduce((sum, { points }) => sum + points, 0);
  const maxScore = parts.reduce((sum, { maxPoints }) => sum + maxPoints, 0);
  const hintPenalty = Math.min(hints.used * hints.cost, maxScore * maxPenaltyShare, earned);
  return {
    score: Math.round((earned - hintPenalty) * 10) / 10,
    maxScore,
    hintPenalty: Math.round(hintPenalty * 10) / 10,
  };
}
