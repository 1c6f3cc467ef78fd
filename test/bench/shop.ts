import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { askService } from '../../grader/proxy.ts';
import { objectsOf } from '../../lab/session/break-shop.ts';
import { applyManifests, waitAvailable } from '../../lab/session/deploy.ts';
import { shopServices } from '../../lab/images/catalogue.ts';
import { buildHealthyImages } from '../../lab/session/images.ts';
import { readHealthyManifests, waitForEntrance } from '../../lab/session/shop.ts';
import { labNamespace, shopNamespace } from '../../lab/namespaces.ts';
import { systemClock } from '../../lib/clock.ts';
import { openBareChain } from './bare-chain.ts';
import { openEngine, type BenchEngine } from './bench-engine.ts';
import { quantileMs, type Bench, type Figure } from './figure.ts';
import { saturate, steady, type Entrance, type LoadResult } from './load.ts';
import { idleCpu, memoryFigures } from './memory.ts';

const perSecond = 20;
const shopSeconds = 30;
const chainSeconds = 10;
const warmUpOrders = 300;
const connections = 16;
const saturateMs = 10_000;

/** The healthy shop: what an order costs, and what all of it takes of the machine. */
export const shopBench: Bench = {
  id: 'shop',
  title: 'Healthy CloudMart',
  how: 'engine, six services and telemetry; the shoppers are sent away; all load comes from the bench, on the same cores',
  async run({ signal, report }) {
    await using bench = await openEngine(signal);
    const entrance = await deployShop(bench, signal);
    memoryFigures('idle', await idleCpu(bench.pid, signal)).forEach(report);

    await steady(entrance, { perSecond: 100, count: warmUpOrders, signal });
    const traced = `${await countSpans(bench, entrance)} spans in a trace`;
    const calm = await steady(entrance, { perSecond, count: perSecond * shopSeconds, signal });
    latencyFigures('order', calm, traced).forEach(report);
    const full = await saturate(entrance, { connections, forMs: saturateMs, signal });
    report(throughput('most orders', full));
    memoryFigures('after load', await idleCpu(bench.pid, signal, 2_000)).forEach(report);

    await using chain = await openBareChain(shopServices.length);
    await steady(chain, { perSecond: 100, count: warmUpOrders, signal });
    const bareCalm = await steady(chain, { perSecond, count: perSecond * chainSeconds, signal });
    const bareFull = await saturate(chain, { connections, forMs: saturateMs / 2, signal });
    latencyFigures('bare chain', bareCalm, 'no tracing, no work').forEach(report);
    report(throughput('bare chain, most requests', bareFull));
    report(ratio('order / bare chain, p50', calm.latenciesMs.length, middle(calm) / middle(bareCalm)));
    report(ratio('bare chain / order, most per second', full.latenciesMs.length, rate(bareFull) / rate(full)));
  },
};

/** As `start` deploys it, up to the moment when it would be broken. */
async function deployShop({ engine, folder, kube }: BenchEngine, signal: AbortSignal): Promise<Entrance> {
  await engine.images.replaceAll(await buildHealthyImages(folder));
  const { shop, labSystem } = await readHealthyManifests();
  await applyManifests(kube, [...objectsOf(shop), ...objectsOf(labSystem)]);
  await kube.patch(`/apis/apps/v1/namespaces/${labNamespace}/deployments/shoppers`, { spec: { replicas: 0 } });
  const waiting = { clock: systemClock, signal };
  await waitAvailable(kube, [shopNamespace, labNamespace], waiting);
  const { url } = await waitForEntrance(engine, waiting);
  return { url, path: '/api/orders' };
}

/** Places one order under a known trace id and asks telemetry for it: proof that tracing is on. */
async function countSpans({ kube }: BenchEngine, { url, path }: Entrance): Promise<number> {
  const traceId = randomBytes(16).toString('hex');
  await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    body: JSON.stringify({ item: 'laptop', quantity: 1 }),
  });
  await pause(2_500);
  const question = { namespace: labNamespace, service: 'telemetry', port: 4318, path: `/api/traces/${traceId}` };
  const { spans = [] } = (await askService(kube, question)).json<{ spans?: unknown[] }>();
  return spans.length;
}

function latencyFigures(name: string, { latenciesMs, failures }: LoadResult, beside: string): Figure[] {
  const how = `${perSecond}/s, open loop, after ${warmUpOrders} to warm up; ${failures} failed`;
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
  const how = `${connections} connections, each sends when the last was answered, ${Math.round(result.tookMs / 1000)} s; ${result.failures} failed`;
  return { name, value: rate(result), unit: '/s', n: result.latenciesMs.length, how };
}

function ratio(name: string, n: number, value: number): Figure {
  return { name, value, unit: '×', n, how: 'both in this run' };
}

function rate({ latenciesMs, tookMs }: LoadResult): number {
  return (latenciesMs.length / tookMs) * 1000;
}

function middle({ latenciesMs }: LoadResult): number {
  return latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length / 2)] ?? Number.NaN;
}
