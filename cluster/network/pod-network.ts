import type { Socket } from 'node:net';
import type { Pod } from '../objects/types.ts';

/** What a pod got when it was attached. */
export interface PodAttachment {
  /** The pod's address in the cluster, `10.42.0.7`. */
  ip: string;
  /** Absolute path of the CommonJS preload that puts a Node process into the pod's network. */
  preload: string;
  /** Environment that the preload reads; internal, hidden from `kubectl exec -- env`. */
  env: Readonly<Record<string, string>>;
}

/** Gives pods addresses and moves their connections. The kubelet sees no more of the network than this. */
export interface PodNetwork {
  attach(pod: Pod): PodAttachment;
  /** Ends the pod's listeners and frees its address. */
  detach(uid: string): void;
  /**
   * Opens a connection to a port of a pod.
   * @param from `node`: as a probe comes, to the pod's address, so a listener on 127.0.0.1 refuses;
   *             `loopback`: as port-forward comes, from inside the pod.
   * @throws an Error with `code` ECONNREFUSED when nobody listens, worded as the kernel does
   */
  connect(uid: string, port: number, from: 'node' | 'loopback'): Promise<Socket>;
}
