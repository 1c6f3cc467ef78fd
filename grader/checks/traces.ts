import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { blockedBy, defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { relyOnLab } from '../lab-workloads.ts';
import { answerOf, askService } from '../proxy.ts';
import type { Finding } from '../verdict.ts';

const patienceMs = { full: 10_000, quick: 5_000 };

const meaning: Meaning = {
  expected: 'one connected trace for each order, through all services',
  why: 'without it nobody sees where an order is slow or lost',
  where: 'the trace of one order, and which service is missing in it',
};

export interface Span {
  service: string;
  spanId: string;
  parentSpanId?: string | null;
}

/** Each order leaves one trace through all services. */
export const traces = defineCheck<Record<string, never>>({ phase: 'after', params: z.strictObject({}), run });

async function run(_: Record<string, never>, context: WindowContext): Promise<Finding> {
  const { clock, signal, baseline, window, quick } = context;
  const services = baseline.deployments.map(({ name }) => name);
  const succeeded = window.orders.filter(({ id }) => id);
  if (succeeded.length === 0) return blockedBy('orders', 'no order came through that could leave a trace', meaning);
  const untraced = succeeded.filter(({ traceId }) => !traceId).length;
  if (untraced > 0) return finding('fail', `${untraced} orders were answered without a traceparent`, meaning);
  relyOnLab(context);
  let open = succeeded.map(({ traceId }) => ({ traceId: traceId ?? '', problem: 'not looked at yet' }));
  const deadline = clock.now() + patienceMs[quick ? 'quick' : 'full'];
  for (;;) {
    const looked = await Promise.all(open.map(({ traceId }) => lookAt(traceId, services, context)));
    const unreachable = looked.find(({ unreachable: reason }) => reason)?.unreachable;
    if (unreachable) return finding('undetermined', `the trace store does not answer: ${unreachable}`, meaning);
    open = looked.flatMap(({ traceId, problem }) => (problem ? [{ traceId, problem }] : []));
    const [first] = open;
    if (!first)
      return finding('pass', `${succeeded.length} complete traces through ${services.length} services`, meaning);
    if (clock.now() >= deadline) {
      return finding(
        'fail',
        `${open.length} of ${succeeded.length} traces are not complete; ${first.traceId}: ${first.problem}`,
        meaning,
      );
    }
    await sleep(clock, 500, signal);
  }
}

async function lookAt(
  traceId: string,
  services: readonly string[],
  { kube, labNamespace: namespace, signal }: WindowContext,
): Promise<{ traceId: string; problem?: string; unreachable?: string }> {
  const target = { namespace, service: 'telemetry', port: 4318 };
  const answer = await askService(kube, { ...target, path: `/api/traces/${traceId}`, signal });
  if (answer.status === 404) return { traceId, problem: 'there is no such trace' };
  if (answer.status !== 200) return { traceId, unreachable: answerOf(answer) };
  const problem = judgeTrace(answer.json<{ spans?: Span[] }>().spans ?? [], services);
  return { traceId, ...(problem && { problem }) };
}

/** What is missing in a trace; undefined when nothing is. */
export function judgeTrace(spans: readonly Span[], services: readonly string[]): string | undefined {
  const present = new Set(spans.map(({ service }) => service));
  const absent = services.filter((service) => !present.has(service));
  if (absent.length > 0) return `no span of ${absent.join(', ')}`;
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => !parentSpanId || !ids.has(parentSpanId));
  return roots.length === 1 ? undefined : `it falls into ${roots.length} parts`;
}
