/**
 * PersistentVolumeClaim: binds claims to volumes, and makes volumes for claims of the class `local-path`
 * once a pod that uses them has a node.
 */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Controller } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../client/resources.ts';
import { isEnded } from '../objects/pod-state.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  NO_PROVISIONER,
  PROVISIONER,
  SELECTED_NODE,
} from './volumes/annotations.ts';
import { findVolume } from './volumes/matching.ts';
import { createProvisioner } from './volumes/provisioner.ts';

/** A claim that waits is looked at, and its event counted up, this often. */
const recheckMs = 15_000;

export function createPersistentVolumeClaimController(context: ControllerContext): Controller {
  const { client, informers, recorder, options } = context;
  const claimInformer = informers.for(persistentVolumeClaims);
  const volumeInformer = informers.for(persistentVolumes);
  const storageClassInformer = informers.for(storageClasses);
  const podInformer = informers.for(pods);
  const events = recorder('persistentvolume-controller');
  const provision = createProvisioner({ client, events: recorder(PROVISIONER), volumesDir: options.volumesDir });

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const claim = claimInformer.get(key);
    if (!claim || claim.metadata.deletionTimestamp) return undefined;
    if (claim.metadata.annotations?.[BIND_COMPLETED]) {
      await syncBound(claim);
      return undefined;
    }
    const volume = findVolume(claim, volumeInformer.list());
    if (volume) {
      await bind(claim, volume);
      return undefined;
    }
    if (!claim.status?.phase) await setStatus(claim, { phase: 'Pending' });
    const storageClass = storageClassInformer.get(claim.spec?.storageClassName ?? '');
    const step = nextStep(claim, storageClass, unplacedUsers(claim, podInformer.list()));
    if (step.event) events.record({ about: claim, ...step.event });
    if (!step.provisionOn) return { requeueAfterMs: recheckMs };
    await provision(claim, { nodeName: step.provisionOn, reclaimPolicy: step.reclaimPolicy });
    return undefined;
  }

  async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const { name = '', namespace, uid, resourceVersion } = claim.metadata;
    if (volume.spec?.claimRef?.uid !== uid) {
      const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
      const reserved = { ...volume, spec: { ...volume.spec, claimRef } };
      await client.update(persistentVolumes, reserved);
    }
    const annotations = { [BIND_COMPLETED]: 'yes', [BOUND_BY_CONTROLLER]: 'yes' };
    const patch = { metadata: { annotations }, spec: { volumeName: volume.metadata.name } };
    await syncBound(await client.patch(persistentVolumeClaims, name, patch, { namespace }));
  }

  async function syncBound(claim: PersistentVolumeClaim): Promise<void> {
    const volume = volumeInformer.get(claim.spec?.volumeName ?? '');
    if (volume) {
      const { accessModes, capacity } = volume.spec ?? {};
      await setStatus(claim, { phase: 'Bound', accessModes, capacity });
    } else if (claim.status?.phase === 'Bound') {
      await setStatus(claim, { phase: 'Lost' });
      const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
      events.record({ about: claim, type: 'Warning', reason: 'ClaimLost', message });
    }
  }

  async function setStatus(claim: PersistentVolumeClaim, status: PersistentVolumeClaim['status']): Promise<void> {
    if (isDeepStrictEqual(claim.status, status)) return;
    await client.updateStatus(persistentVolumeClaims, { ...claim, status });
  }

  return {
    name: 'persistent-volume-claim',
    watches: [
      { informer: claimInformer, keysOf: (claim: PersistentVolumeClaim) => [keyOf(claim)] },
      { informer: volumeInformer, keysOf: (volume: PersistentVolume) => claimKeys(volume, claimInformer) },
      { informer: storageClassInformer, keysOf: () => unboundKeys(claimInformer) },
    ],
    reconcile,
  };
}

/** The claim that a volume is for; a free volume concerns all that wait. */
function claimKeys({ spec }: PersistentVolume, all: Informer<PersistentVolumeClaim>): string[] {
  return spec?.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : unboundKeys(all);
}

function unboundKeys(all: Informer<PersistentVolumeClaim>): string[] {
  const unbound = all.list().filter(({ metadata }) => !metadata.annotations?.[BIND_COMPLETED]);
  return unbound.map(keyOf);
}

interface Step {
  event?: { type: 'Normal' | 'Warning'; reason: string; message: string };
  /** The node on which the volume is to be made. */
  provisionOn?: string;
  reclaimPolicy?: string;
}

/** The names of the pods that want the claim and have no node yet. */
function unplacedUsers({ metadata }: PersistentVolumeClaim, all: readonly Pod[]): string[] {
  const isUser = (pod: Pod) =>
    pod.metadata.namespace === metadata.namespace &&
    pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name);
  return all.filter((pod) => isUser(pod) && !pod.spec?.nodeName && !isEnded(pod)).map((pod) => pod.metadata.name ?? '');
}

/**
 * What to do about a claim for which there is no volume.
 * @param users the names of pods that want it and have no node yet
 */
export function nextStep(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  users: readonly string[] = [],
): Step {
  // It asks for one volume by name and waits for that in silence.
  if (claim.spec?.volumeName) return {};
  const className = claim.spec?.storageClassName;
  if (!className) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { event: { type: 'Normal', reason: 'FailedBinding', message } };
  }
  if (!storageClass) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return { event: { type: 'Warning', reason: 'ProvisioningFailed', message } };
  }
  const nodeName = claim.metadata.annotations?.[SELECTED_NODE];
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !nodeName) {
    if (users.length > 0) {
      const message = `waiting for pod${users.length > 1 ? 's' : ''} ${users.join(',')} to be scheduled`;
      return { event: { type: 'Normal', reason: 'WaitForPodScheduled', message } };
    }
    const message = 'waiting for first consumer to be created before binding';
    return { event: { type: 'Normal', reason: 'WaitForFirstConsumer', message } };
  }
  if (storageClass.provisioner === NO_PROVISIONER) {
    const message = `no volume plugin matched name: ${storageClass.provisioner}`;
    return { event: { type: 'Warning', reason: 'ProvisioningFailed', message } };
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually ` +
    'by the system administrator. If volume creation is delayed, please verify that the provisioner is running and ' +
    'correctly registered.';
  const event = { type: 'Normal', reason: 'ExternalProvisioning', message } as const;
  if (storageClass.provisioner !== PROVISIONER || !nodeName) return { event };
  return { event, provisionOn: nodeName, reclaimPolicy: storageClass.reclaimPolicy };
}
