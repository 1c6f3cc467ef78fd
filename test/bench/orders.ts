import { percentile } from '../../grader/statistics.ts';
import { quantileMs, type Figure } from './figure.ts';
import { saturate, steady, type Entrance, type LoadResult } from './load.ts';

const perSecond = 20;
const connections = 16;
const warmUp = 300;
/** The shop and the bare chain take turns, so that what else the machine does befalls both. */
const turns = 3;
const shopTurn = { steadySeconds: 10, saturateMs: 3_500 };
const chainTurn = { steadySeconds: 4, saturateMs: 2_000 };

/** What an order through the shop costs, beside what its hops alone would. */
export async function measureOrders(
  shop: Entrance,
  chain: Entrance,
  { spans, signal, report }: { spans: number; signal: AbortSignal; report: (figure: Figure) => void },
): Promise<void> {
  for (const entrance of [shop, chain]) await steady(entrance, { perSecond: 100, count: warmUp, signal });
  const calm = await inTurns((entrance, { steadySeconds }) =>
    steady(entrance, { perSecond, count: perSecond * steadySeconds, signal }),
  );
  const full = await inTurns((entrance, { saturateMs }) =>
    saturate(entrance, { connections, forMs: saturateMs, signal }),
  );

  latencyFigures('order', calm.shop, `${spans} spans in a trace`).forEach(report);
  report(throughput('most orders', full.shop));
  latencyFigures('bare chain', calm.chain, 'no tracing, no work').forEach(report);
  report(throughput('bare chain, most requests', full.chain));
  report(ratio('order / bare chain, p50', calm.shop, middle(calm.shop) / middle(calm.chain)));
  report(ratio('bare chain / order, most per second', full.shop, rate(full.chain) / rate(full.shop)));

  async function inTurns(load: (entrance: Entrance, turn: typeof shopTurn) => Promise<LoadResult>) {
    const results: { shop: LoadResult[]; chain: LoadResult[] } = { shop: [], chain: [] };
    for (let turn = 0; turn < turns; turn++) {
      results.shop.push(await load(shop, shopTurn));
      results.chain.push(await load(chain, chainTurn));
    }
    return { shop: together(results.shop), chain: together(results.chain) };
  }
}

function together(results: readonly LoadResult[]): LoadResult {
  return {
    latenciesMs: results.flatMap(({ latenciesMs }) => latenciesMs),
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
    tookMs: results.reduce((sum, { tookMs }) => sum + tookMs, 0),
  };
}

function latencyFigures(name: string, { latenciesMs, failures }: LoadResult, beside: string): Figure[] {
  const how = `${perSecond}/s, open loop, after ${warmUp} to warm up; ${failures} failed`;
  return [0.5, 0.95, 0.99].map((share) =>
    quantileMs(latenciesMs, share, {
      name: `${name}, p${share * 100}`,
      how,
      beside,
      ...(name === 'order' && share === 0.99 && { target: { below: 100 } }),
    }),
  );
}

function throughput(name: string, result: LoadResult): Figure {
  const seconds = (result.tookMs / 1000).toFixed(1);
  const how = `${connections} connections, closed loop, ${seconds} s; ${result.failures} failed`;
  return { name, value: rate(result), unit: '/s', n: result.latenciesMs.length, how };
}

function ratio(name: string, { latenciesMs }: LoadResult, value: number): Figure {
  return { name, value, unit: '×', n: latenciesMs.length, how: `in ${turns} turns each, one after the other` };
}

function rate({ latenciesMs, tookMs }: LoadResult): number {
  return (latenciesMs.length / tookMs) * 1000;
}

function middle({ latenciesMs }: LoadResult): number {
  return percentile(latenciesMs, 0.5) ?? Number.NaN;
}
