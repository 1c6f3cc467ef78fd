/** The status of a deployment: counts over its replica sets, and the three conditions that `rollout status` reads. */
import { toTimestamp } from '../../../lib/clock.ts';
import { transitionTime } from '../../objects/conditions.ts';
import type { Deployment, ReplicaSet } from '../../objects/types.ts';
import { desiredReplicas, rolloutLimits } from './limits.ts';

type DeploymentStatus = NonNullable<Deployment['status']>;
type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number];
type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure';

interface Observation {
  deployment: Deployment;
  replicaSets: readonly ReplicaSet[];
  /** The one that carries the deployment's template. */
  current: ReplicaSet | undefined;
  /** True when `current` was created just now. */
  created: boolean;
}

/** The status that follows from what is observed at `nowMs`. */
export function deploymentStatus(observation: Observation, nowMs: number): DeploymentStatus {
  const { deployment } = observation;
  const counts = countReplicas(observation);
  const now = toTimestamp(nowMs);
  // The order shows: what is new stands last. A roll-out begins before anybody has counted.
  let conditions = withBeginning(deployment.status?.conditions ?? [], observation, now);
  conditions = withCondition(conditions, availability(deployment, counts.availableReplicas), now);
  conditions = withProgress(conditions, observation, counts, nowMs);
  conditions = withFailure(conditions, observation, now);
  return {
    observedGeneration: deployment.metadata.generation,
    ...nonZero(counts),
    terminatingReplicas: sum(observation.replicaSets, (replicaSet) => replicaSet.status?.terminatingReplicas),
    ...(deployment.status?.collisionCount ? { collisionCount: deployment.status.collisionCount } : {}),
    conditions,
  };
}

/** Milliseconds until the roll-out would exceed its deadline, if it can. */
export function untilDeadlineMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing');
  const deadlineSeconds = deployment.spec?.progressDeadlineSeconds;
  const waiting =
    progressing &&
    !['NewReplicaSetAvailable', 'ProgressDeadlineExceeded', 'DeploymentPaused'].includes(progressing.reason ?? '');
  if (!waiting || deadlineSeconds === undefined) return undefined;
  const dueMs = Date.parse(progressing.lastUpdateTime ?? toTimestamp(nowMs)) + deadlineSeconds * 1000;
  return Math.max(0, dueMs - nowMs) + 1000;
}

interface Counts {
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  unavailableReplicas: number;
}

function countReplicas({ replicaSets, current }: Observation): Counts {
  const availableReplicas = sum(replicaSets, (replicaSet) => replicaSet.status?.availableReplicas);
  return {
    replicas: sum(replicaSets, (replicaSet) => replicaSet.status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(replicaSets, (replicaSet) => replicaSet.status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(replicaSets, desiredReplicas) - availableReplicas),
  };
}

function availability(deployment: Deployment, availableReplicas: number): DeploymentCondition {
  const enough = availableReplicas >= desiredReplicas(deployment) - rolloutLimits(deployment).maxUnavailable;
  return enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
}

function withFailure(
  conditions: DeploymentCondition[],
  { replicaSets, current }: Observation,
  now: string,
): DeploymentCondition[] {
  const failureOf = (replicaSet: ReplicaSet | undefined) =>
    replicaSet?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const failure = failureOf(current) ?? replicaSets.map(failureOf).find(Boolean);
  if (!failure) return without(conditions, 'ReplicaFailure');
  const { status, reason = '', message = '' } = failure;
  return withCondition(conditions, condition('ReplicaFailure', status, reason, message), now);
}

/** What is said about the roll-out as such, before its progress is judged. */
function withBeginning(
  conditions: DeploymentCondition[],
  { deployment, current, created }: Observation,
  now: string,
): DeploymentCondition[] {
  if (deployment.spec?.progressDeadlineSeconds === undefined) return without(conditions, 'Progressing');
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  const set = (status: string, reason: string, message: string) =>
    withCondition(conditions, condition('Progressing', status, reason, message), now);
  if (deployment.spec.paused) {
    const isOver = progressing?.reason === 'ProgressDeadlineExceeded';
    return isOver ? conditions : set('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (progressing?.reason === 'DeploymentPaused') return set('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  const name = current?.metadata.name;
  if (created) return set('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  if (!progressing && current) return set('True', 'FoundNewReplicaSet', `Found new replica set "${name}"`);
  return conditions;
}

function withProgress(
  conditions: DeploymentCondition[],
  { deployment, current, created }: Observation,
  counts: Counts,
  nowMs: number,
): DeploymentCondition[] {
  const deadlineSeconds = deployment.spec?.progressDeadlineSeconds;
  const before = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  const isResuming = before?.reason === 'DeploymentPaused';
  if (deadlineSeconds === undefined || deployment.spec?.paused || isResuming || created) return conditions;
  const now = toTimestamp(nowMs);
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  const set = (next: DeploymentCondition) => withCondition(conditions, next, now);
  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const wasComplete = progressing?.reason === 'NewReplicaSetAvailable';
  if (wasComplete && counts.replicas === counts.updatedReplicas) return conditions;
  if (isComplete(deployment, counts)) {
    return set(condition('Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`));
  }
  if (hasProgressed(deployment.status, counts)) {
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    // Every step of progress restarts the deadline, also when the reason stays the same.
    return withCondition(conditions, next, now, { refresh: true });
  }
  if (progressing && !wasComplete && isOverdue(progressing, deadlineSeconds, nowMs)) {
    return set(condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`));
  }
  return conditions;
}

function isComplete(deployment: Deployment, counts: Counts): boolean {
  const replicas = desiredReplicas(deployment);
  return counts.updatedReplicas === replicas && counts.replicas === replicas && counts.availableReplicas === replicas;
}

function hasProgressed(before: DeploymentStatus | undefined, now: Counts): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = before ?? {};
  return (
    now.updatedReplicas > updatedReplicas ||
    now.replicas - now.updatedReplicas < replicas - updatedReplicas ||
    now.readyReplicas > readyReplicas ||
    now.availableReplicas > availableReplicas
  );
}

function isOverdue(progressing: DeploymentCondition, deadlineSeconds: number, nowMs: number): boolean {
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progressing.lastUpdateTime ?? '') + deadlineSeconds * 1000 < nowMs;
}

function condition(type: ConditionType, status: string, reason: string, message: string): DeploymentCondition {
  return { type, status, reason, message };
}

/**
 * Unlike elsewhere a condition with the same status and reason stays as it is, unless `refresh`, and a changed one goes
 * to the end: so the order tells what happened last.
 */
function withCondition(
  conditions: DeploymentCondition[],
  next: DeploymentCondition,
  now: string,
  { refresh = false } = {},
): DeploymentCondition[] {
  const before = conditions.find(({ type }) => type === next.type);
  if (before && before.status === next.status && before.reason === next.reason && !refresh) return conditions;
  const lastTransitionTime = transitionTime(conditions, next, now);
  return [...without(conditions, next.type), { ...next, lastUpdateTime: now, lastTransitionTime }];
}

function without(conditions: DeploymentCondition[], type: string): DeploymentCondition[] {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions;
}

function nonZero(counts: Counts): Partial<Counts> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function sum(replicaSets: readonly ReplicaSet[], count: (replicaSet: ReplicaSet) => number | undefined): number {
  return replicaSets.reduce((total, replicaSet) => total + (count(replicaSet) ?? 0), 0);
}
