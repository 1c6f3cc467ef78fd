/** HorizontalPodAutoscaler: every 15 seconds compares what pods use with the target and sets the replicas. */
import { isDeepStrictEqual } from 'node:util';
import { toTimestamp } from '../../lib/clock.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { horizontalPodAutoscalers, pods } from '../client/resources.ts';
import type { HorizontalPodAutoscaler } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { withFindings, type Finding } from './horizontal-pod-autoscaler/conditions.ts';
import { begin, remember, type History } from './horizontal-pod-autoscaler/pace.ts';
import { planOf } from './horizontal-pod-autoscaler/plan.ts';
import { findTarget, observe, rescale, type Target } from './horizontal-pod-autoscaler/target.ts';

type Status = NonNullable<HorizontalPodAutoscaler['status']>;

interface Turn {
  status: Status;
  history: History;
}

const periodMs = 15_000;

export function createHorizontalPodAutoscalerController(context: ControllerContext): Controller {
  const { client, informers, clock, recorder } = context;
  const autoscalerInformer = informers.for(horizontalPodAutoscalers);
  const podInformer = informers.for(pods);
  const events = recorder('horizontal-pod-autoscaler');
  const memory = createMemory();

  async function reconcile(key: string): Promise<{ requeueAfterMs: number } | void> {
    const autoscaler = autoscalerInformer.get(key);
    if (!autoscaler) {
      memory.forget(key);
      return undefined;
    }
    const nowMs = clock.now();
    const remembered = memory.of(key, autoscaler, nowMs);
    if (nowMs < remembered.dueMs) return { requeueAfterMs: remembered.dueMs - nowMs };
    remembered.dueMs = nowMs + periodMs;
    const { status, history } = await takeTurn(autoscaler, remembered.history);
    remembered.history = history;
    if (!isDeepStrictEqual(autoscaler.status, status)) {
      await client.updateStatus(horizontalPodAutoscalers, { ...autoscaler, status });
    }
    return { requeueAfterMs: periodMs };
  }

  async function takeTurn(autoscaler: HorizontalPodAutoscaler, before: History): Promise<Turn> {
    let target: Target;
    try {
      target = await findTarget(client, autoscaler);
    } catch (error) {
      const { message } = error as Error;
      events.record({ about: autoscaler, type: 'Warning', reason: 'FailedGetScale', message });
      const why = `the HPA controller was unable to get the target's current scale: ${message}`;
      const finding: Finding = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: why };
      return { status: nextStatus(autoscaler, [finding], {}, clock.now()), history: before };
    }
    const { replicas: from } = target;
    const history = begin(before, from, clock.now());
    const observation = await observe(client, autoscaler, target, podInformer.list(), clock.now());
    const { replicas, reason, recommended, desired, currentMetrics, findings, failures } = planOf(
      autoscaler,
      history,
      observation,
    );
    for (const failure of failures) events.record({ about: autoscaler, type: 'Warning', ...failure });

    const outcome = replicas === from ? [] : [await rescale(client, events, autoscaler, target, { replicas, reason })];
    const isRescaled = outcome[0]?.status === 'True';
    const nowMs = clock.now();
    const changes: Partial<Status> = {
      currentReplicas: from,
      ...(currentMetrics ? { currentMetrics } : {}),
      ...(desired === undefined ? {} : { desiredReplicas: desired }),
      ...(isRescaled ? { desiredReplicas: replicas, lastScaleTime: toTimestamp(nowMs) } : {}),
    };
    const turn = { from, to: isRescaled ? replicas : from, ...(recommended === undefined ? {} : { recommended }) };
    return {
      status: nextStatus(autoscaler, [...findings, ...outcome], changes, nowMs),
      history: remember(history, turn, nowMs),
    };
  }

  return {
    name: 'horizontal-pod-autoscaler',
    watches: [{ informer: autoscalerInformer, keysOf: (autoscaler: HorizontalPodAutoscaler) => [keyOf(autoscaler)] }],
    reconcile,
  };
}

function nextStatus(
  { status }: HorizontalPodAutoscaler,
  findings: readonly Finding[],
  changes: Partial<Status>,
  nowMs: number,
): Status {
  return { desiredReplicas: 0, ...status, ...changes, conditions: withFindings(status?.conditions, findings, nowMs) };
}

interface Remembered {
  uid: string;
  /** Turns come at their time, however often the object changes; the first one a period after its creation. */
  dueMs: number;
  history: History;
}

/** A new autoscaler of an old name starts afresh. */
function createMemory() {
  const all = new Map<string, Remembered>();
  return {
    forget: (key: string) => void all.delete(key),
    of(key: string, { metadata }: HorizontalPodAutoscaler, nowMs: number): Remembered {
      const known = all.get(key);
      if (known && known.uid === metadata.uid) return known;
      const history: History = { recommendations: [], scaleUps: [], scaleDowns: [] };
      const fresh = { uid: metadata.uid ?? '', dueMs: nowMs + periodMs, history };
      all.set(key, fresh);
      return fresh;
    },
  };
}
