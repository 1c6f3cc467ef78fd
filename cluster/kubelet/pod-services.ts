import type { Clock } from '../../lib/clock.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informers } from '../client/informer.ts';
import { configMaps, persistentVolumeClaims, persistentVolumes, secrets, services } from '../client/resources.ts';
import type { PodNetwork } from '../network/pod-network.ts';
import type { Pod } from '../objects/types.ts';
import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import type { Sources } from './environment.ts';
import type { Slots } from './slots.ts';

export interface KubeletDirs {
  /** Volumes and working folders of pods; emptied as pods go. */
  podsDir: string;
  logsDir: string;
  /** All that hostPath and persistent volumes can reach. */
  volumesDir: string;
}

/** What every pod's worker shares with the others. */
export interface PodServices {
  client: Client;
  informers: Informers;
  recorder: EventRecorder;
  runtime: ContainerRuntime;
  network: PodNetwork;
  clock: Clock;
  dirs: KubeletDirs;
  hostIP: string;
  allocatable: Readonly<Record<string, string>>;
  startSlots: Slots;
  /** From 0 up to 1, for jitter. */
  random: () => number;
  /** Says what went wrong inside; for the engine's own log. */
  log: (message: string, error: unknown) => void;
}

/** The objects that a pod may refer to, out of the informers' copies. */
export function sourcesOf(pod: Pod, { informers, allocatable }: PodServices): Sources {
  const { namespace } = pod.metadata;
  return {
    configMap: (name) => informers.for(configMaps).get(`${namespace}/${name}`),
    secret: (name) => informers.for(secrets).get(`${namespace}/${name}`),
    services: () => informers.for(services).list(),
    allocatable,
  };
}

export function volumeLookups(pod: Pod, { informers }: PodServices) {
  const { namespace } = pod.metadata;
  return {
    claim: (name: string) => informers.for(persistentVolumeClaims).get(`${namespace}/${name}`),
    persistentVolume: (name: string) => informers.for(persistentVolumes).get(name),
  };
}
