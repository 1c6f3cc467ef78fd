/** What a HorizontalPodAutoscaler would do with a given load, by its own rules. Pure. */

interface Rules {
  stabilizationWindowSeconds?: number | null;
  selectPolicy?: string;
  policies?: { type: string; value: number; periodSeconds: number }[];
  tolerance?: string;
}

export interface ScalingRules {
  minReplicas: number;
  maxReplicas: number;
  behavior?: { scaleUp?: Rules; scaleDown?: Rules };
}

/** The controller's period. */
export const turnS = 15;
const usualTolerance = 0.1;
const usualDownWindowS = 300;
/** What Kubernetes fills in where an autoscaler says nothing. */
const usualPolicies = {
  up: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
  down: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/**
 * The number of replicas turn by turn, beginning with the smallest.
 * @param loads how much there is to do in each turn; 1 is what a replica does at the autoscaler's target
 */
export function playLoads(rules: ScalingRules, loads: readonly number[]): number[] {
  const recommended: number[] = [];
  const replicas: number[] = [rules.minReplicas];
  for (const load of loads) {
    const current = replicas.at(-1) ?? rules.minReplicas;
    recommended.push(recommend(rules, current, load));
    const wanted = stabilize(rules, current, recommended);
    replicas.push(Math.min(Math.max(paced(rules, wanted, replicas), rules.minReplicas), rules.maxReplicas));
  }
  return replicas;
}

function recommend({ behavior }: ScalingRules, current: number, load: number): number {
  const side = load > current ? behavior?.scaleUp : behavior?.scaleDown;
  const tolerance = side?.tolerance === undefined ? usualTolerance : Number(side.tolerance);
  return Math.abs(load / current - 1) <= tolerance ? current : Math.max(1, Math.ceil(load));
}

/** Upwards the lowest, downwards the highest of what was recommended within the window. */
function stabilize({ behavior }: ScalingRules, current: number, recommended: readonly number[]): number {
  const latest = recommended.at(-1) ?? current;
  const isUp = latest >= current;
  const windowS = isUp
    ? (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0)
    : (behavior?.scaleDown?.stabilizationWindowSeconds ?? usualDownWindowS);
  const recent = recommended.slice(-Math.max(1, Math.ceil(windowS / turnS)));
  // Before the first turn there was the size that was found.
  const known = recent.length * turnS < windowS ? [current, ...recent] : recent;
  return isUp ? Math.min(...known) : Math.max(...known);
}

/** No faster than the policies allow. */
function paced({ behavior }: ScalingRules, wanted: number, replicas: readonly number[]): number {
  const current = replicas.at(-1) ?? wanted;
  if (wanted === current) return current;
  const isUp = wanted > current;
  const side = isUp ? behavior?.scaleUp : behavior?.scaleDown;
  if (side?.selectPolicy === 'Disabled') return current;
  const sign = isUp ? 1 : -1;
  const steps = (side?.policies ?? usualPolicies[isUp ? 'up' : 'down']).map(({ type, value, periodSeconds }) => {
    const base = replicas.at(-1 - Math.ceil(periodSeconds / turnS) + 1) ?? replicas[0] ?? current;
    const reached = type === 'Pods' ? base + sign * value : base * (1 + (sign * value) / 100);
    return Math.max(0, sign * ((isUp ? Math.ceil(reached) : Math.trunc(reached)) - current));
  });
  const step = side?.selectPolicy === 'Min' ? Math.min(...steps) : Math.max(...steps);
  return current + sign * Math.min(step, Math.abs(wanted - current));
}

/** How often a series turns from growing to shrinking or back. */
export function turnsOf(series: readonly number[]): number {
  const changes = series.slice(1).map((value, index) => Math.sign(value - (series[index] ?? value)));
  const moves = changes.filter((change) => change !== 0);
  return moves.slice(1).filter((move, index) => move !== moves[index]).length;
}
