import type { Clock } from '../../lib/clock.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informers } from '../client/informer.ts';

export interface ControllerOptions {
  /** Where the storage class keeps the data of its volumes; created on demand. */
  volumesDir: string;
  /** PEM certificate of the API server, handed to pods as ConfigMap `kube-root-ca.crt`. */
  rootCertificate: string;
}

/** What every controller is built from. */
export interface ControllerContext {
  client: Client;
  informers: Informers;
  clock: Clock;
  /** Makes a recorder that signs events with the component's name. */
  recorder: (component: string) => EventRecorder;
  options: ControllerOptions;
}
