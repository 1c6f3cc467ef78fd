import type { Clock } from '../../../lib/clock.ts';
import type { Client } from '../../client/client.ts';
import { keyOf } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { pods } from '../../client/resources.ts';
import { withPodCondition, type PodCondition } from '../../objects/pod-conditions.ts';
import type { Pod } from '../../objects/types.ts';

/** Tells why a pod cannot be placed: an event, the pod's condition, and the node where room is made for it. */
export interface Reporter {
  /** Says the same again only after `repeatMs`: the scheduler looks at a pod far more often than that. */
  unschedulable(pod: Pod, message: string, nominatedNodeName?: string): Promise<void>;
  forget(podKey: string): void;
}

export function createReporter(options: {
  client: Client;
  clock: Clock;
  events: EventRecorder;
  repeatMs: number;
}): Reporter {
  const { client, clock, events, repeatMs } = options;
  const reported = new Map<string, { uid: string | undefined; message: string; atMs: number }>();
  return {
    async unschedulable(pod, message, nominatedNodeName) {
      const { name = '', namespace, uid } = pod.metadata;
      const last = reported.get(keyOf(pod));
      const now = clock.now();
      if (last?.uid !== uid || last?.message !== message || now - last.atMs >= repeatMs) {
        reported.set(keyOf(pod), { uid, message, atMs: now });
        events.record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message });
      }
      const conditions = unschedulableConditions(pod, message, now);
      const isMoved = pod.status?.nominatedNodeName !== nominatedNodeName;
      if (!conditions && !isMoved) return;
      // A strategic merge would take `lastProbeTime: null` for a removal.
      const contentType = 'application/merge-patch+json';
      const patch = {
        status: {
          ...(conditions ? { conditions } : {}),
          ...(isMoved ? { nominatedNodeName: nominatedNodeName ?? null } : {}),
        },
      };
      await client.patch(pods, name, patch, { namespace, subresource: 'status', contentType });
    },
    forget: (podKey) => void reported.delete(podKey),
  };
}

/** Undefined when they say so already. */
function unschedulableConditions(pod: Pod, message: string, nowMs: number): PodCondition[] | undefined {
  const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return undefined;
  return withPodCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }, nowMs);
}
