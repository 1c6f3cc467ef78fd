/** How fast an autoscaler may follow its metrics: stabilization windows, rates and bounds. Pure. */
import type { HorizontalPodAutoscaler } from '../../objects/types.ts';

export type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

/** What an autoscaler remembers between its turns. */
export interface History {
  recommendations: { replicas: number; atMs: number }[];
  scaleUps: Rescale[];
  scaleDowns: Rescale[];
}

interface Rescale {
  change: number;
  atMs: number;
}

export interface Bounds {
  minReplicas: number;
  maxReplicas: number;
  currentReplicas: number;
  behavior: Behavior | undefined;
}

export interface Decision {
  replicas: number;
  /** Why the recommendation was or was not followed: reasons and messages of AbleToScale and ScalingLimited. */
  able: { reason: string; message: string };
  limited: { status: 'True' | 'False'; reason: string; message: string };
}

const scaleDownWindowSeconds = 300;
const longestMemoryMs = 3600_000;

const UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };

/** The number of replicas to have now, where the metrics recommend `recommended`. */
export function decide(recommended: number, bounds: Bounds, history: History, nowMs: number): Decision {
  const { replicas: stabilized, able } = stabilize(recommended, bounds, history, nowMs);
  const { replicas, reason, message } = limit(stabilized, bounds, history, nowMs);
  return { replicas, able, limited: { status: replicas === stabilized ? 'False' : 'True', reason, message } };
}

/** The first recommendation of all is the size that was found. */
export function begin(history: History, replicas: number, nowMs: number): History {
  return history.recommendations.length > 0 ? history : { ...history, recommendations: [{ replicas, atMs: nowMs }] };
}

/** The history with one more turn in it; what no window reaches any more is forgotten. */
export function remember(
  history: History,
  turn: { recommended?: number; from: number; to: number },
  nowMs: number,
): History {
  const isRecent = ({ atMs }: { atMs: number }) => atMs > nowMs - longestMemoryMs;
  const { recommended, from, to } = turn;
  const note = (change: number): Rescale[] => (change > 0 ? [{ change, atMs: nowMs }] : []);
  return {
    recommendations: [
      ...history.recommendations.filter(isRecent),
      ...(recommended === undefined ? [] : [{ replicas: recommended, atMs: nowMs }]),
    ],
    scaleUps: [...history.scaleUps.filter(isRecent), ...note(to - from)],
    scaleDowns: [...history.scaleDowns.filter(isRecent), ...note(from - to)],
  };
}

function stabilize(
  recommended: number,
  { currentReplicas, behavior }: Bounds,
  { recommendations }: History,
  nowMs: number,
): { replicas: number; able: Decision['able'] } {
  // Without rules, and for a step up without a window, only scaling down waits.
  const goesUp = behavior !== undefined && recommended >= currentReplicas;
  const windowSeconds = goesUp
    ? (behavior.scaleUp?.stabilizationWindowSeconds ?? 0)
    : (behavior?.scaleDown?.stabilizationWindowSeconds ?? scaleDownWindowSeconds);
  const recent = recommendations.filter(({ atMs }) => atMs > nowMs - windowSeconds * 1000);
  const all = [recommended, ...recent.map(({ replicas }) => replicas)];
  const replicas = goesUp ? Math.min(...all) : Math.max(...all);
  if (replicas === recommended) return { replicas, able: READY };
  return { replicas, able: goesUp ? UP_STABILIZED : DOWN_STABILIZED };
}

interface Limited {
  replicas: number;
  reason: string;
  message: string;
}

function limit(desired: number, bounds: Bounds, history: History, nowMs: number): Limited {
  const { minReplicas, maxReplicas, currentReplicas, behavior } = bounds;
  if (!behavior || desired > currentReplicas) {
    const rate = behavior
      ? Math.max(currentReplicas, upTo(currentReplicas, behavior.scaleUp, history.scaleUps, nowMs))
      : Math.max(2 * currentReplicas, 4);
    if (desired > Math.min(maxReplicas, rate)) return maxReplicas > rate ? tooFast(rate, 'Up') : tooMany(maxReplicas);
  }
  if (!behavior || desired < currentReplicas) {
    const rate = behavior
      ? Math.min(currentReplicas, downTo(currentReplicas, behavior.scaleDown, history.scaleDowns, nowMs))
      : 0;
    if (desired < Math.max(minReplicas, rate)) return minReplicas < rate ? tooFast(rate, 'Down') : tooFew(minReplicas);
  }
  return {
    replicas: desired,
    reason: 'DesiredWithinRange',
    message: 'the desired count is within the acceptable range',
  };
}

function tooMany(replicas: number): Limited {
  const message = 'the desired replica count is more than the maximum replica count';
  return { replicas, reason: 'TooManyReplicas', message };
}

function tooFew(replicas: number): Limited {
  const message = 'the desired replica count is less than the minimum replica count';
  return { replicas, reason: 'TooFewReplicas', message };
}

function tooFast(replicas: number, direction: 'Up' | 'Down'): Limited {
  const change = direction === 'Up' ? 'increasing' : 'decreasing';
  const message = `the desired replica count is ${change} faster than the maximum scale rate`;
  return { replicas, reason: `Scale${direction}Limit`, message };
}

function upTo(current: number, rules: Rules | undefined, rescales: readonly Rescale[], nowMs: number): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const before = current - changed(rescales, periodSeconds, nowMs);
    return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100));
  });
  return rules?.selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
}

function downTo(current: number, rules: Rules | undefined, rescales: readonly Rescale[], nowMs: number): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const before = current + changed(rescales, periodSeconds, nowMs);
    return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100));
  });
  return rules?.selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
}

function changed(rescales: readonly Rescale[], periodSeconds: number, nowMs: number): number {
  const recent = rescales.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000);
  return recent.reduce((sum, { change }) => sum + change, 0);
}
