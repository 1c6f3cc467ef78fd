/**
 * Scheduler: gives each pending pod a node that has room for it, or says why there is none.
 *
 * Differs: no preemption, no pod (anti-)affinity, no topology spread, no host ports; all nodes are asked each time.
 */
import { toTimestamp } from '../../lib/clock.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes, persistentVolumeClaims, pods, storageClasses } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { PersistentVolumeClaim, Pod } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { isEnded } from './pod-state.ts';
import { place, type ClusterView } from './scheduler/placement.ts';
import { SELECTED_NODE } from './volumes/annotations.ts';

/** An unschedulable pod is tried again after this time even if nothing seems to have changed. */
const retryMs = 5 * 60_000;

export function createScheduler({ client, informers, clock, recorder }: ControllerContext): Controller {
  const podInformer = informers.for(pods);
  const nodeInformer = informers.for(nodes);
  const claimInformer = informers.for(persistentVolumeClaims);
  const storageClassInformer = informers.for(storageClasses);
  const events = recorder('default-scheduler');
  /** Nodes of pods that are bound, as far as the informer does not show it yet: their room is taken. */
  const assumed = new Map<string, { pod: Pod; nodeName: string }>();
  /** What was last said of each unschedulable pod, so that it is not said again at every change. */
  const reported = new Map<string, { uid: string | undefined; message: string; atMs: number }>();

  const view: ClusterView = {
    get nodes() {
      return nodeInformer.list();
    },
    podsOn(nodeName) {
      const bound = podInformer.list().filter((pod) => pod.spec?.nodeName === nodeName && !isEnded(pod));
      const about = [...assumed.values()].filter((entry) => entry.nodeName === nodeName).map(({ pod }) => pod);
      return [...bound, ...about];
    },
    claim: (namespace, name) => claimInformer.get(`${namespace}/${name}`),
    storageClass: (name) => storageClassInformer.get(name),
  };

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    dropConfirmed();
    const pod = podInformer.get(key);
    if (!pod || !isPending(pod)) {
      reported.delete(key);
      return undefined;
    }
    if (assumed.has(key)) return undefined;
    const placement = place(pod, view);
    if (placement.type === 'bind') {
      await bind(pod, placement.nodeName);
      return undefined;
    }
    if (placement.type === 'provision') {
      for (const claim of placement.claims) await selectNode(claim, placement.nodeName);
      return undefined;
    }
    await report(pod, placement.message);
    return { requeueAfterMs: retryMs };
  }

  function dropConfirmed(): void {
    for (const [key, { pod }] of assumed) {
      const seen = podInformer.get(key);
      if (seen?.metadata.uid !== pod.metadata.uid || seen?.spec?.nodeName) assumed.delete(key);
    }
  }

  async function bind(pod: Pod, nodeName: string): Promise<void> {
    const { name = '', namespace = '' } = pod.metadata;
    const key = keyOf(pod);
    assumed.set(key, { pod, nodeName });
    try {
      await client.bind(name, namespace, nodeName);
    } catch (error) {
      assumed.delete(key);
      if (isStatusError(error, 'NotFound') || isStatusError(error, 'Conflict')) return;
      throw error;
    }
    reported.delete(key);
    const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    events.record({ about: pod, type: 'Normal', reason: 'Scheduled', message });
  }

  /** Tells the provisioner where the volume is wanted; the claim's binding brings the pod back here. */
  async function selectNode(claim: PersistentVolumeClaim, nodeName: string): Promise<void> {
    const { name = '', namespace, annotations } = claim.metadata;
    if (annotations?.[SELECTED_NODE] === nodeName) return;
    const patch = { metadata: { annotations: { [SELECTED_NODE]: nodeName } } };
    await client.patch(persistentVolumeClaims, name, patch, { namespace });
  }

  async function report(pod: Pod, message: string): Promise<void> {
    const { name = '', namespace, uid, generation } = pod.metadata;
    const key = keyOf(pod);
    const last = reported.get(key);
    if (last?.uid === uid && last?.message === message && clock.now() - last.atMs < retryMs) return;
    reported.set(key, { uid, message, atMs: clock.now() });
    events.record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message });
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (before?.status === 'False' && before.message === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : toTimestamp(clock.now()),
      observedGeneration: generation,
    };
    const contentType = 'application/strategic-merge-patch+json';
    const options = { namespace, subresource: 'status', contentType };
    await client.patch(pods, name, { status: { conditions: [condition] } }, options);
  }

  return {
    name: 'scheduler',
    watches: [
      { informer: podInformer, keysOf: keysFreedBy },
      { informer: nodeInformer, keysOf: pendingKeys },
      { informer: claimInformer, keysOf: pendingKeys },
      { informer: storageClassInformer, keysOf: pendingKeys },
    ],
    reconcile,
  };

  /** A pending pod itself; when one that held room has ended or gone, all that wait. */
  function keysFreedBy(pod: Pod): string[] {
    if (isPending(pod)) return [keyOf(pod)];
    return isEnded(pod) || !podInformer.get(keyOf(pod)) ? pendingKeys() : [];
  }

  function pendingKeys(): string[] {
    return podInformer.list().filter(isPending).map(keyOf);
  }
}

/** Whether the pod waits for this scheduler. */
function isPending({ spec, metadata, status }: Pod): boolean {
  const mine = (spec?.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  const gated = (spec?.schedulingGates ?? []).length > 0;
  return mine && !gated && !spec?.nodeName && !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending';
}
