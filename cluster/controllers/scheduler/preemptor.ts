import type { Clock } from '../../../lib/clock.ts';
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { pods } from '../../client/resources.ts';
import { withDisruptionTarget } from '../../objects/pod-conditions.ts';
import { isStatusError } from '../../objects/status-error.ts';
import type { Pod } from '../../objects/types.ts';
import { priorityOf } from './cluster-view.ts';
import type { Nominations } from './nominations.ts';
import type { Placement } from './placement.ts';
import type { Reporter } from './report.ts';

interface Means {
  client: Client;
  clock: Clock;
  events: EventRecorder;
}

/** Makes room for a pod: says where, takes back what was promised there to lesser ones, and sends the victims away. */
export function createPreemptor(
  means: Means,
  nominations: Nominations,
  reporter: Reporter,
): (pod: Pod, placement: Placement & { type: 'preempt' }) => Promise<void> {
  return async (pod, { nodeName, victims, message }) => {
    const outdone = (nominations.byNode().get(nodeName) ?? []).filter((other) => priorityOf(other) < priorityOf(pod));
    for (const other of outdone) nominations.remove(keyOf(other));
    nominations.add(pod, nodeName, victims);
    try {
      await reporter.unschedulable(pod, message, nodeName);
      await Promise.all(outdone.map((other) => clearNomination(means, other)));
      await Promise.all(victims.map((victim) => evict(means, victim, { preemptor: pod, nodeName })));
    } catch (error) {
      nominations.remove(keyOf(pod));
      throw error;
    }
  };
}

/** Ends a pod, within its grace period; says so in its status and in an event. */
async function evict(
  { client, clock, events }: Means,
  victim: Pod,
  { preemptor, nodeName }: { preemptor: Pod; nodeName: string },
): Promise<void> {
  const { name = '', namespace, uid, deletionTimestamp } = victim.metadata;
  if (deletionTimestamp) return;
  const conditions = withDisruptionTarget(victim, 'PreemptionByScheduler', clock.now());
  const isGone = await ignoringAbsence(async () => {
    const patch = { status: { conditions } };
    await client.patch(pods, name, patch, { namespace, subresource: 'status' });
    await client.delete(pods, name, { namespace, uid });
  });
  if (isGone) return;
  const message = `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`;
  events.record({ about: victim, type: 'Normal', reason: 'Preempted', message });
}

async function clearNomination({ client }: Means, { metadata }: Pod): Promise<void> {
  const { name = '', namespace } = metadata;
  const patch = { status: { nominatedNodeName: null } };
  await ignoringAbsence(() => client.patch(pods, name, patch, { namespace, subresource: 'status' }));
}

/** @returns whether the pod was gone already */
async function ignoringAbsence(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return true;
    throw error;
  }
}
