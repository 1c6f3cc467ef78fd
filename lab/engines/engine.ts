import type { Image } from '../../cluster/cluster.ts';
import type { Addressable } from '../../lib/kube/paths.ts';

/** An address on this machine that leads to a Service of type LoadBalancer. */
export interface LoadBalancerAddress {
  /** `namespace/name` */
  service: string;
  port: number;
  url: string;
}

export interface RunningEngine {
  name: string;
  version: string;
  kubeconfigPath: string;
  startedAt: string;
  /** How many times longer than on the embedded engine everything may take. */
  patience: number;
  /** Objects that stood in the shop's namespaces before the lab came, and stay. */
  foreign: readonly Addressable[];
  loadBalancers(): Promise<readonly LoadBalancerAddress[]>;
  images: EngineImages;
}

/** What the engine can pull. */
export interface EngineImages {
  /** Makes a reference such as `gateway:latest` name this image. */
  put(ref: string, image: Image): Promise<void>;
  /** Forgets every image but these; of two with the same reference the later one counts. */
  replaceAll(images: readonly TaggedImage[]): Promise<void>;
  list(): Promise<readonly TaggedImage[]>;
}

export interface TaggedImage {
  ref: string;
  image: Image;
}

/** An engine that still depends on the command that started it: when that command dies, so does the engine. */
export interface StartedEngine extends RunningEngine {
  /** From now on the engine lives until `down`. */
  handOver(): Promise<void>;
}

/** How the engine stands: `lost` is one that was running and is gone (a crash, a reboot). */
export type EngineState = { kind: 'none' } | { kind: 'lost' } | { kind: 'running'; engine: RunningEngine };

/** What runs the cluster of a lab. One per lab folder. */
export interface Engine {
  /** @throws LabError when it does not come up */
  up(signal: AbortSignal): Promise<StartedEngine>;
  state(): Promise<EngineState>;
  /** Ends it, however it stands, and everything that it left behind; fine when there is nothing. */
  down(): Promise<EngineEnd>;
}

export interface EngineEnd {
  engine: 'gone' | 'ended' | 'killed';
  /** Processes that outlived a crashed engine. */
  leftovers: number;
  /** What could not be removed, and how to do it later. */
  remains?: string;
}
