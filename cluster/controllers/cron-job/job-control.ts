/** Creates and deletes the Jobs of a CronJob, and tells about it. */
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { jobs } from '../../client/resources.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { CronJob, Job } from '../../objects/types.ts';
import { messageOf } from '../replica-set/pod-control.ts';
import { jobFor } from './decision.ts';

export interface JobControl {
  /**
   * A Job of that moment that is there already is success.
   * @param dueMs the moment of the schedule, milliseconds since the epoch
   * @throws StatusError as the server refused
   */
  create(cronJob: CronJob, dueMs: number): Promise<void>;
  /** A Job that is gone already is success. */
  remove(cronJob: CronJob, job: Job): Promise<void>;
}

export function createJobControl(client: Client, events: EventRecorder): JobControl {
  return {
    async create(cronJob, dueMs) {
      try {
        const { metadata } = await client.create(jobs, jobFor(cronJob, dueMs));
        const message = `Created job ${metadata.name}`;
        events.record({ about: cronJob, type: 'Normal', reason: 'SuccessfulCreate', message });
      } catch (error) {
        if (isStatusError(error, 'AlreadyExists')) return;
        const message = `Error creating job: ${messageOf(error)}`;
        events.record({ about: cronJob, type: 'Warning', reason: 'FailedCreate', message });
        throw error;
      }
    },
    async remove(cronJob, { metadata: { name = '', namespace, uid } }) {
      try {
        await client.delete(jobs, name, { namespace, uid, propagationPolicy: 'Background' });
        events.record({ about: cronJob, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` });
      } catch (error) {
        if (!isStatusError(error, 'NotFound')) throw error;
      }
    },
  };
}
