import { Agent, request } from 'undici';
import type { Kube } from '../../lib/kube/kube.ts';
import { quantileMs, type Figure } from './figure.ts';

const collection = '/api/v1/namespaces/default/configmaps';
const name = 'bench-tick';
/** Watchers, and how many writes each of them is to see. */
const sizes = [
  { watchers: 1, writes: 100 },
  { watchers: 200, writes: 40 },
  { watchers: 1_000, writes: 15 },
] as const;
const openAtOnce = 50;
/** Before those that count: at first both ends, this one too, run code that is not compiled yet. */
const warmUpWrites = 5;
const seenWithinMs = 10_000;

/** How long a write takes to reach those who watch. */
export async function measureWatches(
  kube: Kube,
  { signal, report }: { signal: AbortSignal; report: (figure: Figure) => void },
): Promise<void> {
  await kube.create(collection, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { tick: 'none' } });
  for (const { watchers, writes } of sizes) {
    const samples = await measure(kube, watchers, writes, signal);
    const how = `PATCH sent → event read, ${writes} writes after ${warmUpWrites}; the bench is all the watchers`;
    const what = `watch latency, ${watchers.toLocaleString('en-US')} ${watchers === 1 ? 'watcher' : 'watchers'}`;
    report(quantileMs(samples, 0.5, { name: `${what}, p50`, how }));
    report(quantileMs(samples, 0.99, { name: `${what}, p99`, how }));
  }
}

/** @returns the latency of each event at each watcher, in milliseconds */
async function measure(kube: Kube, watchers: number, writes: number, signal: AbortSignal): Promise<number[]> {
  const ending = new AbortController();
  const agent = new Agent({ connect: { ...kube.access.tls, timeout: seenWithinMs }, bodyTimeout: 0 });
  const seen = createCounter(watchers);
  try {
    for (let open = 0; open < watchers; open += openAtOnce) {
      signal.throwIfAborted();
      const count = Math.min(openAtOnce, watchers - open);
      await Promise.all(
        Array.from({ length: count }, () => openWatch(kube, agent, (line) => seen.note(line), ending.signal)),
      );
    }
    const samples: number[] = [];
    for (let index = -warmUpWrites; index < writes; index++) {
      signal.throwIfAborted();
      const round = await seen.round(`w${watchers}-${index}`, (tick) => write(kube, tick));
      if (index >= 0) samples.push(...round);
    }
    return samples;
  } finally {
    ending.abort();
    await agent.destroy();
  }
}

function write(kube: Kube, tick: string): Promise<unknown> {
  return kube.patch(`${collection}/${name}`, { data: { tick } });
}

async function openWatch(kube: Kube, agent: Agent, note: (line: string) => void, signal: AbortSignal): Promise<void> {
  const url = `${kube.access.server}${collection}?watch=true&fieldSelector=metadata.name%3D${name}`;
  const { body, statusCode } = await request(url, { dispatcher: agent, headers: kube.access.headers, signal });
  if (statusCode !== 200) throw new Error(`a watch was answered with ${statusCode}`);
  body.on('error', () => {});
  let unread = '';
  body.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (unread + chunk).split('\n');
    unread = lines.pop() ?? '';
    lines.forEach(note);
  });
}

interface Counter {
  /** One line that a watcher has read. */
  note(line: string): void;
  /** Writes, and waits until every watcher has seen it. @returns how long each took */
  round(tick: string, write: (tick: string) => Promise<unknown>): Promise<number[]>;
}

function createCounter(watchers: number): Counter {
  let wanted = '\0';
  let begunAt = 0;
  let samples: number[] = [];
  let all = Promise.withResolvers<void>();
  return {
    note(line) {
      if (!line.includes(wanted)) return;
      samples.push(performance.now() - begunAt);
      if (samples.length === watchers) all.resolve();
    },
    async round(tick, perform) {
      wanted = `"tick":"${tick}"`;
      samples = [];
      all = Promise.withResolvers();
      begunAt = performance.now();
      const late = setTimeout(
        () => all.reject(new Error(`only ${samples.length} of ${watchers} watchers saw a write`)),
        seenWithinMs,
      );
      try {
        await Promise.all([perform(tick), all.promise]);
      } finally {
        clearTimeout(late);
      }
      return samples;
    },
  };
}
