/** PodDisruptionBudget: says how many of the pods may be evicted now. The eviction itself takes from that number. */
import { isDeepStrictEqual } from 'node:util';
import { toTimestamp } from '../../lib/clock.ts';
import type { Client } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { podDisruptionBudgets, pods } from '../client/resources.ts';
import { setStatusCondition } from '../objects/conditions.ts';
import { disruptionCondition } from '../objects/disruption.ts';
import { parseGroupVersion } from '../objects/group-version.ts';
import { scaledValue } from '../objects/int-or-percent.ts';
import { findByKind } from '../objects/kinds/index.ts';
import { controllerOf } from '../objects/owner-refs.ts';
import { isReady } from '../objects/pod-state.ts';
import { matchesLabels } from '../objects/selector.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { KubeObject, OwnerReference, Pod, PodDisruptionBudget } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** An evicted pod that is not gone after this long counts again. */
const evictionTimeoutMs = 2 * 60_000;
/** No chain of owners is longer: pod, replica set, deployment. */
const maxOwners = 5;

export function createDisruptionController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const budgetInformer = informers.for(podDisruptionBudgets);
  const podInformer = informers.for(pods);
  const events = recorder('controllermanager');

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const budget = budgetInformer.get(key);
    if (!budget || budget.metadata.deletionTimestamp) return undefined;
    const covered = podInformer.list().filter((pod) => covers(budget, pod));
    if (covered.length === 0) {
      events.record({ about: budget, type: 'Normal', reason: 'NoPods', message: 'No matching pods found' });
    }
    const status = budgetStatus(budget, covered, await expectedPods(client, covered), clock.now());
    if (!isDeepStrictEqual(budget.status, status))
      await client.updateStatus(podDisruptionBudgets, { ...budget, status });
    return Object.keys(status.disruptedPods ?? {}).length > 0 ? { requeueAfterMs: evictionTimeoutMs } : undefined;
  }

  return {
    name: 'disruption',
    watches: [
      { informer: budgetInformer, keysOf: (budget: PodDisruptionBudget) => [keyOf(budget)] },
      {
        informer: podInformer,
        keysOf: (pod: Pod) =>
          budgetInformer
            .list()
            .filter((budget) => covers(budget, pod))
            .map(keyOf),
      },
    ],
    reconcile,
  };
}

function covers({ metadata, spec }: PodDisruptionBudget, pod: Pod): boolean {
  return metadata.namespace === pod.metadata.namespace && matchesLabels(spec?.selector, pod.metadata.labels);
}

/**
 * How many pods the owners of these pods want together.
 * Differs: pods without an owner are not reported; a budget in percent or of `maxUnavailable` does not count them.
 */
async function expectedPods(client: Client, covered: readonly Pod[]): Promise<number> {
  const replicas = new Map<string, number>();
  for (const pod of covered) {
    const owner = controllerOf(pod);
    if (!owner || replicas.has(owner.uid)) continue;
    replicas.set(owner.uid, await wantedBy(client, owner, pod.metadata.namespace ?? ''));
  }
  return [...replicas.values()].reduce((sum, count) => sum + count, 0);
}

/** What the topmost owner wants: during a roll-out each replica set knows only its part. */
async function wantedBy(client: Client, pod: OwnerReference, namespace: string): Promise<number> {
  let wanted = 0;
  let reference: OwnerReference | undefined = pod;
  for (let step = 0; reference && step < maxOwners; step++) {
    const owner: KubeObject | undefined = await findOwner(client, reference, namespace);
    const { replicas } = (owner?.spec ?? {}) as { replicas?: number };
    if (!owner || replicas === undefined) break;
    wanted = replicas;
    reference = controllerOf(owner);
  }
  return wanted;
}

async function findOwner(client: Client, owner: OwnerReference, namespace: string): Promise<KubeObject | undefined> {
  const { group, version } = parseGroupVersion(owner.apiVersion);
  const kind = findByKind(group, version, owner.kind);
  if (!kind) return undefined;
  try {
    return await client.get(kind, owner.name, namespace);
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** @param expected how many pods the owners want; not asked when the budget names a number of pods */
export function budgetStatus(
  { metadata, spec, status }: PodDisruptionBudget,
  covered: readonly Pod[],
  expected: number,
  nowMs: number,
): Status {
  const disrupted = Object.entries(status?.disruptedPods ?? {}).filter(
    ([name, since]) =>
      Date.parse(since) + evictionTimeoutMs > nowMs &&
      covered.some((pod) => pod.metadata.name === name && !pod.metadata.deletionTimestamp),
  );
  const isLeaving = (pod: Pod) =>
    pod.metadata.deletionTimestamp !== undefined || disrupted.some(([name]) => name === pod.metadata.name);
  const currentHealthy = covered.filter((pod) => isReady(pod) && !isLeaving(pod)).length;
  const expectedCount = typeof spec?.minAvailable === 'number' ? covered.length : expected;
  const desiredHealthy = wantedHealthy(spec, expectedCount);
  const disruptionsAllowed = expectedCount > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  return {
    ...(disrupted.length > 0 ? { disruptedPods: Object.fromEntries(disrupted) } : {}),
    conditions: setStatusCondition(
      status?.conditions,
      disruptionCondition(disruptionsAllowed, metadata.generation),
      toTimestamp(nowMs),
    ),
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    expectedPods: expectedCount,
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
}

/** Both bounds round up: `maxUnavailable: 30%` of 7 lets 3 go. */
function wantedHealthy(spec: PodDisruptionBudget['spec'], expected: number): number {
  if (spec?.maxUnavailable !== undefined)
    return Math.max(0, expected - scaledValue(spec.maxUnavailable, expected, 'up'));
  return scaledValue(spec?.minAvailable ?? 0, expected, 'up');
}
