import { toTimestamp } from '../../../lib/clock.ts';
import { setStatusCondition } from '../../objects/conditions.ts';
import { disruptionCondition } from '../../objects/disruption.ts';
import { withDisruptionTarget } from '../../objects/pod-conditions.ts';
import { isActive, isReady } from '../../objects/pod-state.ts';
import { matchesLabels } from '../../objects/selector.ts';
import { StatusError } from '../../objects/status-error.ts';
import type { Pod, PodDisruptionBudget } from '../../objects/types.ts';
import { resourceOf, type ApiCall } from '../api-call.ts';
import { readOptions } from '../body.ts';
import { deleteObject, type DeleteOptions } from '../deletion.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';
import { isDryRun } from '../write.ts';

const budgets = 'poddisruptionbudgets.policy';

/** `kubectl drain` asks for this: a delete that disruption budgets may refuse for now. */
export function evictPod(call: ApiCall): ApiResponse {
  const body = readOptions<{ deleteOptions: DeleteOptions }>(call, 'Eviction');
  const pod = requireLive(call) as Pod;
  const options = body.deleteOptions ?? {};
  const isDry = isDryRun(call) || (options.dryRun?.includes('All') ?? false);
  if (!isFree(pod)) spend(call, pod, isDry);
  deleteObject(call, isDry ? pod : markEvicted(call, pod), options);
  return { type: 'object', code: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

/** A pod that does not serve yet, or no more, is no loss. */
function isFree(pod: Pod): boolean {
  return !isActive(pod) || pod.status?.phase === 'Pending';
}

/**
 * Takes one disruption from the pod's budget.
 * @throws StatusError TooManyRequests when there is none left
 */
function spend({ context, kind }: ApiCall, pod: Pod, isDry: boolean): void {
  const { store, clock } = context;
  const all = store.list(budgets, pod.metadata.namespace) as PodDisruptionBudget[];
  const [budget, ...others] = all.filter(({ spec }) => matchesLabels(spec?.selector, pod.metadata.labels));
  if (!budget) return;
  if (others.length > 0) {
    const message = `This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.`;
    throw new StatusError(500, 'InternalError', message, { kind: kind.resource });
  }
  const { status, metadata } = budget;
  if (!isReady(pod) && mayGoUnready(budget)) return;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw refusal(`The disruption budget ${metadata.name} is still being processed by the server.`, 10);
  }
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1;
  if (disruptionsAllowed < 0) {
    const needs = `needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
    throw refusal(`The disruption budget ${metadata.name} ${needs}`);
  }
  if (isDry) return;
  const now = toTimestamp(clock.now());
  const spent = {
    ...status,
    disruptionsAllowed,
    disruptedPods: { ...status?.disruptedPods, [pod.metadata.name ?? '']: now },
    conditions: setStatusCondition(
      status?.conditions,
      disruptionCondition(disruptionsAllowed, metadata.generation),
      now,
    ),
  };
  store.put(budgets, { ...budget, status: spent }, metadata.resourceVersion);
}

/** Whether the budget lets a pod go that is not ready anyway. */
function mayGoUnready({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function refusal(cause: string, retryAfterSeconds?: number): StatusError {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  return new StatusError(429, 'TooManyRequests', message, {
    causes: [{ reason: 'DisruptionBudget', message: cause }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function markEvicted({ context, kind }: ApiCall, pod: Pod): Pod {
  const conditions = withDisruptionTarget(pod, 'EvictionByEvictionAPI', context.clock.now());
  const marked = { ...pod, status: { ...pod.status, conditions } };
  return (context.store.put(resourceOf(kind), marked, pod.metadata.resourceVersion) as Pod | undefined) ?? pod;
}
