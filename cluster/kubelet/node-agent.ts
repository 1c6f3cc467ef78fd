import { type Clock, sleep, toTimestamp } from '../../lib/clock.ts';
import type { Client } from '../client/client.ts';
import { leases, nodes } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { KubeObject, Node } from '../objects/types.ts';
import { limits } from './limits.ts';
import { newNode, type NodeOptions, nodeStatus } from './node-object.ts';

export interface NodeAgentOptions {
  client: Client;
  clock: Clock;
  node: NodeOptions;
  images: () => Promise<{ names: string[]; sizeBytes: number }[]>;
  signal: AbortSignal;
  log: (message: string, error: unknown) => void;
}

/** Puts the Node into the API; tries until the server takes it. */
export async function registerNode(options: NodeAgentOptions): Promise<void> {
  const { client, clock, node, signal, log } = options;
  while (!signal.aborted) {
    try {
      await client.create(nodes, newNode(node)).catch(ignore('AlreadyExists'));
      await reportNode(options);
      return;
    } catch (error) {
      log(`node ${node.name}: cannot register`, error);
      await sleep(clock, 500, signal).catch(() => {});
    }
  }
}

/** Keeps the Node's status and its Lease fresh until the signal aborts. */
export async function beat(options: NodeAgentOptions): Promise<void> {
  const { clock, node, signal, log } = options;
  for (let reportedAtMs = clock.now(); !signal.aborted;) {
    try {
      await renewLease(options);
      if (clock.now() - reportedAtMs >= limits.nodeStatusMs) {
        await reportNode(options);
        reportedAtMs = clock.now();
      }
    } catch (error) {
      log(`node ${node.name}: heart-beat failed`, error);
    }
    await sleep(clock, limits.leaseRenewMs, signal).catch(() => {});
  }
}

async function reportNode({ client, clock, node, images }: NodeAgentOptions): Promise<void> {
  const current = await client.get(nodes, node.name);
  const status = nodeStatus(current, node, await images(), clock.now());
  await client.updateStatus<Node>(nodes, { ...current, status });
}

async function renewLease({ client, clock, node }: NodeAgentOptions): Promise<void> {
  const namespace = 'kube-node-lease';
  // Leases alone have times in microseconds.
  const renewTime = toTimestamp(clock.now()).replace('Z', '.000000Z');
  const spec = { holderIdentity: node.name, leaseDurationSeconds: 40, renewTime };
  const lease: KubeObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node.name, namespace },
    spec,
  };
  try {
    await client.patch(leases, node.name, { spec }, { namespace });
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
    // The namespace may not be there yet: the next beat tries again.
    await client.create(leases, lease).catch(ignore('NotFound'));
  }
}

function ignore(reason: string): (error: unknown) => void {
  return (error) => {
    if (!isStatusError(error, reason)) throw error;
  };
}
