/** DaemonSet: one pod on each node that takes it. */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../client/resources.ts';
import { untilAvailableMs } from '../objects/pod-state.ts';
import type { ControllerRevision, DaemonSet, Pod } from '../objects/types.ts';
import { allowanceWatches } from './allowances.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { nodeOf, planDaemonSet, podFor } from './daemon-set/plan.ts';
import { createExpectations } from './expectations.ts';
import { ownerKeys } from './owner-keys.ts';
import { createPodControl } from './replica-set/pod-control.ts';
import { latestRevision, REVISION_LABEL, revisionHash, surplusRevisions } from './revisions.ts';

export function createDaemonSetController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const setInformer = informers.for(daemonSets);
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const revisionInformer = informers.for(controllerRevisions);
  const events = recorder('daemonset-controller');
  const expectations = createExpectations(clock, podInformer);
  const podControl = createPodControl(client, events, expectations);

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const set = setInformer.get(key);
    if (!set || set.metadata.deletionTimestamp) return undefined;
    // Asked before the pods are listed: what is seen by then is in the list.
    const pendingMs = expectations.pendingMs(key);
    const owned = await claim(client, pods, set, set.spec?.selector, podInformer.list());
    const known = await claim(client, controllerRevisions, set, set.spec?.selector, revisionInformer.list());
    const latest = await latestRevision(client, set, known);
    if (pendingMs > 0) return { requeueAfterMs: pendingMs };

    const hash = revisionHash(latest);
    const plan = planDaemonSet(set, owned, { nodes: nodeInformer.list(), hash, nowMs: clock.now() });
    if (!isDeepStrictEqual(set.status, plan.status))
      await client.updateStatus(daemonSets, { ...set, status: plan.status });
    for (const node of plan.create) await podControl.create(set, podFor(set, node, hash));
    for (const pod of plan.failed) noteFailure(set, pod);
    for (const pod of [...plan.failed, ...plan.remove]) await podControl.remove(set, pod);
    const used = new Set([...owned.map(({ metadata }) => metadata.labels?.[REVISION_LABEL]), hash]);
    for (const { metadata } of surplusRevisions(set, known, (one) => used.has(revisionHash(one)))) {
      await client.delete(controllerRevisions, metadata.name ?? '', { namespace: metadata.namespace });
    }
    const waits = owned.map((pod) => untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, clock.now()) ?? 0);
    const requeueAfterMs = Math.max(0, ...waits);
    return requeueAfterMs ? { requeueAfterMs } : undefined;
  }

  function noteFailure(set: DaemonSet, pod: Pod): void {
    const { namespace, name } = pod.metadata;
    const message = `Found failed daemon pod ${namespace}/${name} on node ${nodeOf(pod)}, will try to kill it`;
    events.record({ about: set, type: 'Warning', reason: 'FailedDaemonPod', message });
  }

  return {
    name: 'daemon-set',
    watches: [
      { informer: setInformer, keysOf: (set: DaemonSet) => [keyOf(set)] },
      { informer: podInformer, keysOf: (pod: Pod) => ownerKeys('DaemonSet', setInformer, pod) },
      { informer: nodeInformer, keysOf: () => setInformer.list().map(keyOf) },
      {
        informer: revisionInformer,
        keysOf: (revision: ControllerRevision) => ownerKeys('DaemonSet', setInformer, revision),
      },
      ...allowanceWatches(informers, setInformer),
    ],
    reconcile,
  };
}
