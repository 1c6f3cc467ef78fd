/** Creates and deletes pods on behalf of a replica set, and tells about it. */
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { pods } from '../../client/resources.ts';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { Pod, ReplicaSet } from '../../objects/types.ts';
import type { Expectations } from '../expectations.ts';

export interface PodControl {
  /** @throws StatusError as the server refused */
  create(replicaSet: ReplicaSet): Promise<void>;
  /** A pod that is gone already is success. */
  remove(replicaSet: ReplicaSet, pod: Pod): Promise<void>;
}

export function createPodControl(client: Client, events: EventRecorder, expectations: Expectations): PodControl {
  return {
    async create(replicaSet) {
      try {
        const pod = await client.create(pods, podOf(replicaSet));
        expectations.expect(keyOf(replicaSet), 'created', pod);
        const message = `Created pod: ${pod.metadata.name}`;
        events.record({ about: replicaSet, type: 'Normal', reason: 'SuccessfulCreate', message });
      } catch (error) {
        const message = `Error creating: ${messageOf(error)}`;
        events.record({ about: replicaSet, type: 'Warning', reason: 'FailedCreate', message });
        throw error;
      }
    },
    async remove(replicaSet, pod) {
      const { name = '', namespace, uid } = pod.metadata;
      try {
        await client.delete(pods, name, { namespace, uid });
        expectations.expect(keyOf(replicaSet), 'deleted', pod);
        const message = `Deleted pod: ${name}`;
        events.record({ about: replicaSet, type: 'Normal', reason: 'SuccessfulDelete', message });
      } catch (error) {
        if (isStatusError(error, 'NotFound')) return;
        const message = `Error deleting: ${messageOf(error)}`;
        events.record({ about: replicaSet, type: 'Warning', reason: 'FailedDelete', message });
        throw error;
      }
    },
  };
}

/** A pod of the replica set, to be named by the server. */
export function podOf(replicaSet: ReplicaSet): Pod {
  const { name, namespace } = replicaSet.metadata;
  const template = replicaSet.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [ownerReferenceTo(replicaSet)],
    },
    spec: template?.spec,
  };
}

/**
 * Does the work in batches of 1, 2, 4 …, so that a quota that refuses all of it is asked once and not
 * five hundred times.
 * @throws the first failure; the batches after it are left out
 */
export async function inBatches(count: number, work: () => Promise<void>): Promise<void> {
  let size = 1;
  for (let left = count; left > 0; left -= size, size *= 2) {
    const results = await Promise.allSettled(Array.from({ length: Math.min(size, left) }, work));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
