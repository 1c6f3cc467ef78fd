/** Creates and deletes the pods of a StatefulSet with their claims, and tells about it. */
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { persistentVolumeClaims, pods } from '../../client/resources.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../objects/types.ts';
import type { Expectations } from '../expectations.ts';
import { messageOf } from '../replica-set/pod-control.ts';
import { templateOf } from '../revisions.ts';
import { claimsAt, podAt, podName } from './identity.ts';

export interface StatefulPodControl {
  /** @throws StatusError as the server refused */
  create(set: StatefulSet, ordinal: number, revision: ControllerRevision): Promise<void>;
  /** A pod that is gone already is success. */
  remove(set: StatefulSet, pod: Pod): Promise<void>;
}

export function createStatefulPodControl(
  client: Client,
  events: EventRecorder,
  expectations: Expectations,
): StatefulPodControl {
  async function createClaims(set: StatefulSet, ordinal: number): Promise<void> {
    const text = ({ metadata }: PersistentVolumeClaim) =>
      `create Claim ${metadata.name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`;
    for (const wanted of claimsAt(set, ordinal)) {
      try {
        await client.create(persistentVolumeClaims, wanted);
      } catch (error) {
        if (isStatusError(error, 'AlreadyExists')) continue;
        const message = `${text(wanted)} failed error: ${messageOf(error)}`;
        events.record({ about: set, type: 'Warning', reason: 'FailedCreate', message });
        throw new Error(`failed to create PVC ${wanted.metadata.name}: ${messageOf(error)}`, { cause: error });
      }
      events.record({ about: set, type: 'Normal', reason: 'SuccessfulCreate', message: `${text(wanted)} success` });
    }
  }

  async function report(set: StatefulSet, what: 'Create' | 'Delete', pod: string, work: () => Promise<void>) {
    const text = `${what.toLowerCase()} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    try {
      await work();
      events.record({ about: set, type: 'Normal', reason: `Successful${what}`, message: `${text} successful` });
    } catch (error) {
      const message = `${text} failed error: ${messageOf(error)}`;
      events.record({ about: set, type: 'Warning', reason: `Failed${what}`, message });
      throw error;
    }
  }

  return {
    async create(set, ordinal, revision) {
      const pod = podAt(set, ordinal, templateOf(revision), revision.metadata.name ?? '');
      await report(set, 'Create', podName(set, ordinal), async () => {
        await createClaims(set, ordinal);
        expectations.expect(keyOf(set), 'created', await client.create(pods, pod));
      });
    },
    async remove(set, pod) {
      const { name = '', namespace, uid } = pod.metadata;
      await report(set, 'Delete', name, async () => {
        try {
          await client.delete(pods, name, { namespace, uid });
          expectations.expect(keyOf(set), 'deleted', pod);
        } catch (error) {
          if (!isStatusError(error, 'NotFound')) throw error;
        }
      });
    },
  };
}
