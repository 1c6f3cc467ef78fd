import { scaledValue } from '../../objects/int-or-percent.ts';
import type { Deployment, ReplicaSet } from '../../objects/types.ts';

/** `spec.replicas`, which the API server has defaulted to 1. */
export function desiredReplicas(owner: Deployment | ReplicaSet): number {
  return owner.spec?.replicas ?? 1;
}

export interface RolloutLimits {
  /** Pods above the desired number during a roll-out. */
  maxSurge: number;
  /** Pods below the desired number during a roll-out. */
  maxUnavailable: number;
}

/** The deployment's limits as numbers: percentages of surge round up, of unavailability down. */
export function rolloutLimits(deployment: Deployment): RolloutLimits {
  const replicas = desiredReplicas(deployment);
  const strategy = deployment.spec?.strategy;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaledValue(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, 'up');
  const maxUnavailable = scaledValue(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  // Both zero would forbid every step; a percentage of few replicas can round to that.
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge: 0, maxUnavailable: Math.min(1, replicas) };
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}
