/** Creates and deletes pods on behalf of a workload, and tells about it. */
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { pods } from '../../client/resources.ts';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { KubeObject, Pod, PodTemplateSpec } from '../../objects/types.ts';
import type { Expectations } from '../expectations.ts';

/** A workload that makes pods of a template. */
export type PodOwner = KubeObject & { spec?: { template?: PodTemplateSpec } };

export interface PodControl {
  /**
   * @param pod what to create; default: a pod of the owner's template, named by the server
   * @throws StatusError as the server refused
   */
  create(owner: PodOwner, pod?: Pod): Promise<void>;
  /** A pod that is gone already is success. */
  remove(owner: PodOwner, pod: Pod): Promise<void>;
}

export function createPodControl(client: Client, events: EventRecorder, expectations: Expectations): PodControl {
  return {
    async create(owner, pod = podOf(owner)) {
      try {
        const created = await client.create(pods, pod);
        expectations.expect(keyOf(owner), 'created', created);
        const message = `Created pod: ${created.metadata.name}`;
        events.record({ about: owner, type: 'Normal', reason: 'SuccessfulCreate', message });
      } catch (error) {
        const message = `Error creating: ${messageOf(error)}`;
        events.record({ about: owner, type: 'Warning', reason: 'FailedCreate', message });
        throw error;
      }
    },
    async remove(owner, pod) {
      const { name = '', namespace, uid } = pod.metadata;
      try {
        await client.delete(pods, name, { namespace, uid });
        expectations.expect(keyOf(owner), 'deleted', pod);
        const message = `Deleted pod: ${name}`;
        events.record({ about: owner, type: 'Normal', reason: 'SuccessfulDelete', message });
      } catch (error) {
        if (isStatusError(error, 'NotFound')) return;
        const message = `Error deleting: ${messageOf(error)}`;
        events.record({ about: owner, type: 'Warning', reason: 'FailedDelete', message });
        throw error;
      }
    },
  };
}

/** A pod of the owner's template, to be named by the server. */
export function podOf(owner: PodOwner): Pod {
  const { name, namespace } = owner.metadata;
  const template = owner.spec?.template;
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
      ownerReferences: [ownerReferenceTo(owner)],
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
