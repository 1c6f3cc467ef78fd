/**
 * Scheduler: gives each pending pod the best of the nodes that have room for it, makes room where pods of lower
 * priority have it, or says why there is none.
 *
 * Differs: all nodes are asked each time, and among equally good ones the first by name is taken, not any.
 */
import type { Client } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes, persistentVolumeClaims, pods, storageClasses } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { createAssumedPods } from './scheduler/assumed-pods.ts';
import { createNominations } from './scheduler/nominations.ts';
import { isPending, keysConcerned, keysInTurn } from './scheduler/pending.ts';
import { place } from './scheduler/placement.ts';
import { createPodIndex } from './scheduler/pod-index.ts';
import { createPreemptor } from './scheduler/preemptor.ts';
import { createReporter } from './scheduler/report.ts';
import { createSnapshots } from './scheduler/snapshot.ts';
import { SELECTED_NODE } from './volumes/annotations.ts';

/** An unschedulable pod is tried again after this time even if nothing seems to have changed. */
const retryMs = 5 * 60_000;

export function createScheduler({ client, informers, clock, recorder }: ControllerContext): Controller {
  const podInformer = informers.for(pods);
  const events = recorder('default-scheduler');
  const index = createPodIndex(podInformer);
  const assumed = createAssumedPods(podInformer);
  const nominations = createNominations(podInformer, index);
  const reporter = createReporter({ client, clock, events, repeatMs: retryMs });
  const preempt = createPreemptor({ client, clock, events }, nominations, reporter);
  const takeSnapshot = createSnapshots(informers, { index, assumed, nominations });

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const pod = podInformer.get(key);
    if (!pod || !isPending(pod)) {
      reporter.forget(key);
      nominations.remove(key);
      return undefined;
    }
    if (assumed.has(pod)) return undefined;
    const placement = place(pod, takeSnapshot());
    switch (placement.type) {
      case 'bind':
        await bind(pod, placement.nodeName);
        return undefined;
      case 'provision':
        for (const claim of placement.claims) await selectNode(client, claim, placement.nodeName);
        return undefined;
      case 'preempt':
        await preempt(pod, placement);
        return undefined;
      case 'wait':
        return undefined;
      case 'unschedulable':
        nominations.remove(key);
        await reporter.unschedulable(pod, placement.message);
        return { requeueAfterMs: retryMs };
    }
  }

  async function bind(pod: Pod, nodeName: string): Promise<void> {
    const { name = '', namespace = '' } = pod.metadata;
    assumed.add(pod, nodeName);
    try {
      await client.bind(name, namespace, nodeName);
    } catch (error) {
      assumed.remove(pod);
      if (isStatusError(error, 'NotFound') || isStatusError(error, 'Conflict')) return;
      throw error;
    }
    reporter.forget(keyOf(pod));
    const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    events.record({ about: pod, type: 'Normal', reason: 'Scheduled', message });
  }

  const onAnyChange = () => keysInTurn(index.unassigned());
  return {
    name: 'scheduler',
    watches: [
      { informer: podInformer, keysOf: (pod: Pod) => keysConcerned(pod, index, !podInformer.get(keyOf(pod))) },
      { informer: informers.for(nodes), keysOf: onAnyChange },
      { informer: informers.for(persistentVolumeClaims), keysOf: onAnyChange },
      { informer: informers.for(storageClasses), keysOf: onAnyChange },
    ],
    reconcile,
  };
}

/** Tells the provisioner where the volume is wanted; the claim's binding brings the pod back to the scheduler. */
async function selectNode(client: Client, claim: PersistentVolumeClaim, nodeName: string): Promise<void> {
  const { name = '', namespace, annotations } = claim.metadata;
  if (annotations?.[SELECTED_NODE] === nodeName) return;
  const patch = { metadata: { annotations: { [SELECTED_NODE]: nodeName } } };
  await client.patch(persistentVolumeClaims, name, patch, { namespace });
}
