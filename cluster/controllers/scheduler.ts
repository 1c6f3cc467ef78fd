/**
 * Scheduler: gives each pending pod a node that has room for it, or says why there is none.
 *
 * Differs: no preemption, and preferences (affinity, spreading) are not weighed; all nodes are asked each time.
 */
import type { Client } from '../client/client.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { nodes, persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { isEnded } from './pod-state.ts';
import { createAssumedPods } from './scheduler/assumed-pods.ts';
import { place, type ClusterView } from './scheduler/placement.ts';
import { createReporter } from './scheduler/report.ts';
import { SELECTED_NODE } from './volumes/annotations.ts';

/** An unschedulable pod is tried again after this time even if nothing seems to have changed. */
const retryMs = 5 * 60_000;

export function createScheduler({ client, informers, clock, recorder }: ControllerContext): Controller {
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const claimInformer = informers.for(persistentVolumeClaims);
  const volumeInformer = informers.for(persistentVolumes);
  const storageClassInformer = informers.for(storageClasses);
  const events = recorder('default-scheduler');
  const assumed = createAssumedPods(podInformer);
  const reporter = createReporter({ client, clock, events, repeatMs: retryMs });

  const view: ClusterView = {
    get nodes() {
      return nodeInformer.list();
    },
    podsOn(nodeName) {
      const bound = podInformer.list().filter((pod) => pod.spec?.nodeName === nodeName && !isEnded(pod));
      return [...bound, ...assumed.on(nodeName)];
    },
    volume: (name) => volumeInformer.get(name),
    claim: (namespace, name) => claimInformer.get(`${namespace}/${name}`),
    storageClass: (name) => storageClassInformer.get(name),
  };

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const pod = podInformer.get(key);
    if (!pod || !isPending(pod)) {
      reporter.forget(key);
      return undefined;
    }
    if (assumed.has(pod)) return undefined;
    const placement = place(pod, view);
    if (placement.type === 'bind') {
      await bind(pod, placement.nodeName);
      return undefined;
    }
    if (placement.type === 'provision') {
      for (const claim of placement.claims) await selectNode(client, claim, placement.nodeName);
      return undefined;
    }
    await reporter.unschedulable(pod, placement.message);
    return { requeueAfterMs: retryMs };
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

  return {
    name: 'scheduler',
    watches: [
      { informer: podInformer, keysOf: (pod: Pod) => keysFreedBy(pod, podInformer) },
      { informer: nodeInformer, keysOf: () => pendingKeys(podInformer) },
      { informer: claimInformer, keysOf: () => pendingKeys(podInformer) },
      { informer: storageClassInformer, keysOf: () => pendingKeys(podInformer) },
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

/** A pending pod itself; when one that held room has ended or gone, all that wait. */
function keysFreedBy(pod: Pod, all: Informer<Pod>): string[] {
  if (isPending(pod)) return [keyOf(pod)];
  return isEnded(pod) || !all.get(keyOf(pod)) ? pendingKeys(all) : [];
}

function pendingKeys(all: Informer<Pod>): string[] {
  return all.list().filter(isPending).map(keyOf);
}

/** Whether the pod waits for this scheduler. */
function isPending({ spec, metadata, status }: Pod): boolean {
  const mine = (spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  const gated = (spec?.schedulingGates ?? []).length > 0;
  return mine && !gated && !spec?.nodeName && !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending';
}
