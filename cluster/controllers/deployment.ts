/**
 * Deployment: keeps one replica set per pod template and moves pods from the old ones to the new one
 * within maxSurge and maxUnavailable.
 */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import { deployments, pods, replicaSets } from '../client/resources.ts';
import { controllerOf } from '../objects/owner-refs.ts';
import { isEnded } from '../objects/pod-state.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Deployment, Pod, ReplicaSet } from '../objects/types.ts';
import { claim } from './claim.ts';
import type { ControllerContext } from './context.ts';
import { desiredReplicas } from './deployment/limits.ts';
import { findNewReplicaSet, REVISION } from './deployment/replica-sets.ts';
import { planRollout, type Action } from './deployment/rollout.ts';
import { deploymentStatus, untilDeadlineMs } from './deployment/status.ts';
import { ownerKeys } from './owner-keys.ts';

export function createDeploymentController({ client, informers, clock, recorder }: ControllerContext): Controller {
  const deploymentInformer = informers.for(deployments);
  const replicaSetInformer = informers.for(replicaSets);
  const podInformer = informers.for(pods);
  const events = recorder('deployment-controller');

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const deployment = deploymentInformer.get(key);
    if (!deployment) return undefined;
    const owned = await claim(client, replicaSets, deployment, deployment.spec?.selector, replicaSetInformer.list());
    const hasOldPods = hasPodsOfOldTemplates(deployment, owned, podInformer.list());
    const actions = planRollout({ deployment, replicaSets: owned, hasOldPods });
    let after = owned;
    for (const action of actions) after = await perform(deployment, action, after);

    const current = findNewReplicaSet(deployment, after);
    const latest = await syncRevision(deployment, current);
    const created = actions.some((action) => action.type === 'create');
    const status = deploymentStatus({ deployment, replicaSets: after, current, created }, clock.now());
    if (!isDeepStrictEqual(latest.status, status)) await client.updateStatus(deployments, { ...latest, status });
    const requeueAfterMs = untilDeadlineMs(deployment, status, clock.now());
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  async function perform(deployment: Deployment, action: Action, all: ReplicaSet[]): Promise<ReplicaSet[]> {
    const { replicaSet } = action;
    const { name = '', namespace, uid } = replicaSet.metadata;
    if (action.type === 'delete') {
      await client.delete(replicaSets, name, { namespace, uid, propagationPolicy: 'Background' });
      return all.filter((other) => other.metadata.uid !== uid);
    }
    if (action.type === 'create') {
      const created = await createReplicaSet(client, deployment, replicaSet);
      recordScaling(events, deployment, created, 0);
      return [...all, created];
    }
    const updated = await client.update(replicaSets, replicaSet);
    recordScaling(events, deployment, updated, action.from);
    return all.map((other) => (other.metadata.uid === uid ? updated : other));
  }

  async function syncRevision(deployment: Deployment, current: ReplicaSet | undefined): Promise<Deployment> {
    const revision = current?.metadata.annotations?.[REVISION];
    if (revision === undefined || deployment.metadata.annotations?.[REVISION] === revision) return deployment;
    const { name = '', namespace } = deployment.metadata;
    return client.patch(deployments, name, { metadata: { annotations: { [REVISION]: revision } } }, { namespace });
  }

  return {
    name: 'deployment',
    watches: [
      { informer: deploymentInformer, keysOf: (deployment: Deployment) => [keyOf(deployment)] },
      {
        informer: replicaSetInformer,
        keysOf: (replicaSet: ReplicaSet) => ownerKeys('Deployment', deploymentInformer, replicaSet),
      },
      { informer: podInformer, keysOf: (pod: Pod) => recreatingKeys(pod, deploymentInformer, replicaSetInformer) },
    ],
    reconcile,
  };
}

/** @throws StatusError AlreadyExists when somebody else has the name; the count in the status makes it another next time */
async function createReplicaSet(client: Client, deployment: Deployment, replicaSet: ReplicaSet): Promise<ReplicaSet> {
  try {
    return await client.create(replicaSets, replicaSet);
  } catch (error) {
    if (!isStatusError(error, 'AlreadyExists')) throw error;
    const namesake = await client.get(replicaSets, replicaSet.metadata.name ?? '', replicaSet.metadata.namespace);
    const isOwn = controllerOf(namesake)?.uid === deployment.metadata.uid;
    // The informer has not shown it yet.
    if (isOwn && findNewReplicaSet(deployment, [namesake])) return namesake;
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    await client.updateStatus(deployments, { ...deployment, status });
    throw error;
  }
}

/** Only Recreate waits for pods; for the others the replica set's status says enough. */
function recreatingKeys(pod: Pod, all: Informer<Deployment>, replicaSetInformer: Informer<ReplicaSet>): string[] {
  const owner = controllerOf(pod);
  const replicaSet = owner && replicaSetInformer.get(`${pod.metadata.namespace}/${owner.name}`);
  const keys = replicaSet ? ownerKeys('Deployment', all, replicaSet) : [];
  return keys.filter((key) => all.get(key)?.spec?.strategy?.type === 'Recreate');
}

function recordScaling(events: EventRecorder, deployment: Deployment, replicaSet: ReplicaSet, from: number): void {
  const to = desiredReplicas(replicaSet);
  if (from === to) return;
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${from} to ${to}`;
  events.record({ about: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message });
}

/** Whether a pod of another template than the deployment's has not ended yet. */
export function hasPodsOfOldTemplates(
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  allPods: readonly Pod[],
): boolean {
  const current = findNewReplicaSet(deployment, owned);
  const oldUids = new Set(owned.filter((replicaSet) => replicaSet !== current).map(({ metadata }) => metadata.uid));
  return allPods.some((pod) => !isEnded(pod) && oldUids.has(controllerOf(pod)?.uid ?? ''));
}
