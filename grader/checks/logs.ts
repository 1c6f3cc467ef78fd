import { z } from 'zod';
import { blockedBy, defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';
import { toTimestamp } from '../../lib/clock.ts';
import { KubeError } from '../../lib/kube/kube-error.ts';

const meaning: Meaning = {
  expected: "each service's log shows our orders and no error while the window ran",
  why: 'errors that nobody looks at today are the next incident, and a silent service hides them',
  where: 'kubectl logs of the services named here',
};

/** What a service's log tells of the window. */
export interface LogDigest {
  service: string;
  errors: number;
  firstError?: string;
  /** Trace ids that occur. */
  traceIds: ReadonlySet<string>;
}

const errorLevel = 50;
const maxLines = 20_000;

/** The logs are clean, and they are logs. */
export const logs = defineCheck<Record<string, never>>({ phase: 'after', params: z.strictObject({}), run });

async function run(_: Record<string, never>, context: WindowContext): Promise<Finding> {
  const services = context.baseline.deployments.map(({ name }) => name);
  const digests = await Promise.all(services.map((service) => digestOf(service, context)));
  const traceIds = context.window.orders.flatMap(({ id, traceId }) => (id && traceId ? [traceId] : []));
  return judgeLogs(digests, traceIds);
}

export function judgeLogs(digests: readonly LogDigest[], traceIds: readonly string[]): Finding {
  const noisy = digests.filter(({ errors }) => errors > 0);
  if (noisy.length > 0) {
    const words = noisy.map(({ service, errors, firstError }) => `${service}: ${errors}, such as "${firstError}"`);
    return finding('fail', `errors in the log of ${words.join('; ')}`, meaning);
  }
  if (traceIds.length === 0) return blockedBy('orders', 'no order came through that could be found in a log', meaning);
  const silent = digests.filter((digest) => !traceIds.every((id) => digest.traceIds.has(id)));
  return silent.length > 0
    ? finding('fail', `our orders are not in the log of ${silent.map(({ service }) => service).join(', ')}`, meaning)
    : finding('pass', `${traceIds.length} orders in the log of all ${digests.length} services, no errors`, meaning);
}

async function digestOf(service: string, { kube, namespace, state, window }: WindowContext): Promise<LogDigest> {
  const sinceTime = toTimestamp(window.startedAtMs);
  const texts = await Promise.all(
    podsOf(state, service).map(({ metadata, spec }) =>
      Promise.all(
        spec.containers.map(({ name: container }) =>
          kube.logs(namespace, metadata.name, { container, sinceTime, tailLines: maxLines }).catch(emptyWhenNone),
        ),
      ),
    ),
  );
  return digestLines(service, texts.flat().join('\n').split('\n'), window.startedAtMs, window.endedAtMs);
}

/** Of a container that has not started, or a pod that is gone; any other silence is not the service's own. */
function emptyWhenNone(error: unknown): string {
  if (error instanceof KubeError && (error.status === 400 || error.status === 404)) return '';
  throw error;
}

/** Reads structured lines by their level; a line that is none counts when it looks like a crash. */
export function digestLines(service: string, lines: readonly string[], fromMs: number, toMs: number): LogDigest {
  const traceIds = new Set<string>();
  const errors: string[] = [];
  for (const line of lines) {
    const entry = parseLine(line);
    if (!entry) {
      if (/^(Uncaught|[A-Z]\w*Error\b|fatal\b)/i.test(line)) errors.push(line);
      continue;
    }
    if (typeof entry['traceId'] === 'string') traceIds.add(entry['traceId']);
    const atMs = Number(new Date(entry['time'] as string | number));
    const isInside = Number.isNaN(atMs) || (atMs >= fromMs && atMs <= toMs);
    if (Number(entry['level']) >= errorLevel && isInside)
      errors.push(typeof entry['msg'] === 'string' ? entry['msg'] : line);
  }
  const [firstError] = errors;
  return { service, errors: errors.length, traceIds, ...(firstError && { firstError: firstError.slice(0, 160) }) };
}

function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
