/** StatefulSet: pods with names and claims of their own, started and replaced in order. */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../client/resources.ts';
import { untilAvailableMs } from '../objects/pod-state.ts';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../objects/types.ts';
import { allowanceWatches } from './allowances.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { createExpectations } from './expectations.ts';
import { ownerKeys } from './owner-keys.ts';
import { latestRevision, surplusRevisions } from './revisions.ts';
import { revisionOf } from './stateful-set/identity.ts';
import { planStatefulSet, type Step } from './stateful-set/plan.ts';
import { createStatefulPodControl } from './stateful-set/pod-control.ts';
import { hasStaleClaim, ownerChanges, type OwnerChange } from './stateful-set/retention.ts';
import { statefulSetStatus } from './stateful-set/status.ts';

export function createStatefulSetController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const setInformer = informers.for(statefulSets);
  const podInformer = informers.for(pods);
  const claimInformer = informers.for(persistentVolumeClaims);
  const revisionInformer = informers.for(controllerRevisions);
  const expectations = createExpectations(clock, podInformer);
  const podControl = createStatefulPodControl(client, recorder('statefulset-controller'), expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const set = setInformer.get(key);
    if (!set || set.metadata.deletionTimestamp) return undefined;
    // Asked before the pods are listed: what is seen by then is in the list.
    const pendingMs = expectations.pendingMs(key);
    const owned = await claim(client, pods, set, set.spec?.selector, podInformer.list());
    const known = await claim(client, controllerRevisions, set, set.spec?.selector, revisionInformer.list());
    const update = await latestRevision(client, set, known);
    const current = known.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    if (pendingMs > 0) return { requeueAfterMs: pendingMs };

    const names = { current: current.metadata.name ?? '', update: update.metadata.name ?? '' };
    const status = statefulSetStatus(set, owned, names, clock.now());
    if (!isDeepStrictEqual(set.status, status)) await client.updateStatus(statefulSets, { ...set, status });
    const claims = claimInformer.list();
    for (const change of ownerChanges(set, owned, claims)) await setOwners(client, change);
    for (const step of planStatefulSet(set, owned, names.update, clock.now())) {
      if (step.kind === 'create' && hasStaleClaim(set, step.ordinal, claims)) break;
      await perform(set, step, { current, update });
    }
    await truncateHistory(set, known, owned, [current, update]);
    const waits = owned.map((pod) => untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, clock.now()) ?? 0);
    const requeueAfterMs = Math.max(0, ...waits);
    return requeueAfterMs ? { requeueAfterMs } : undefined;
  }

  function perform(
    set: StatefulSet,
    step: Step,
    revisions: { current: ControllerRevision; update: ControllerRevision },
  ): Promise<void> {
    if (step.kind === 'delete') return podControl.remove(set, step.pod);
    return podControl.create(set, step.ordinal, revisions[step.revision]);
  }

  async function truncateHistory(
    set: StatefulSet,
    known: readonly ControllerRevision[],
    owned: readonly Pod[],
    needed: readonly ControllerRevision[],
  ): Promise<void> {
    const used = new Set([...owned.map(revisionOf), ...needed.map(({ metadata }) => metadata.name)]);
    for (const { metadata } of surplusRevisions(set, known, (one) => used.has(one.metadata.name))) {
      await client.delete(controllerRevisions, metadata.name ?? '', { namespace: metadata.namespace });
    }
  }

  return {
    name: 'stateful-set',
    watches: [
      { informer: setInformer, keysOf: (set: StatefulSet) => [keyOf(set)] },
      { informer: podInformer, keysOf: (pod: Pod) => ownerKeys('StatefulSet', setInformer, pod) },
      { informer: claimInformer, keysOf: (one: PersistentVolumeClaim) => keysOfClaim(one, setInformer) },
      {
        informer: revisionInformer,
        keysOf: (revision: ControllerRevision) => ownerKeys('StatefulSet', setInformer, revision),
      },
      ...allowanceWatches(informers, setInformer),
    ],
    reconcile,
  };
}

/** The set of a claim may wait for its end, or give it other owners. */
function keysOfClaim({ metadata }: PersistentVolumeClaim, sets: Informer<StatefulSet>): string[] {
  const isConcerned = ({ metadata: { name, namespace }, spec }: StatefulSet) =>
    namespace === metadata.namespace &&
    spec?.volumeClaimTemplates?.some((template) => metadata.name?.startsWith(`${template.metadata?.name}-${name}-`));
  return sets.list().filter(isConcerned).map(keyOf);
}

async function setOwners(client: Client, { claim: { metadata }, ownerReferences }: OwnerChange): Promise<void> {
  const { name = '', namespace, resourceVersion } = metadata;
  await client.patch(persistentVolumeClaims, name, { metadata: { ownerReferences, resourceVersion } }, { namespace });
}
