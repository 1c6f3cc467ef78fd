import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { askService } from '../../grader/proxy.ts';
import { objectsOf } from '../../lab/session/break-shop.ts';
import { applyManifests, waitAvailable } from '../../lab/session/deploy.ts';
import { shopServices } from '../../lab/images/catalogue.ts';
import { buildHealthyImages } from '../../lab/session/images.ts';
import { readHealthyManifests } from '../../lab/session/shop.ts';
import { labNamespace, shopNamespace } from '../../lab/namespaces.ts';
import { systemClock } from '../../lib/clock.ts';
import { eventually } from '../helpers/run.ts';
import { openBareChain } from './bare-chain.ts';
import { openEngine, type BenchEngine } from './bench-engine.ts';
import type { Bench } from './figure.ts';
import type { Entrance } from './load.ts';
import { idleCpu, memoryFigures } from './memory.ts';
import { measureOrders } from './orders.ts';

/** What starting leaves to do is not idling. */
const settleMs = 3_000;

/** The healthy shop: what an order costs, and what all of it takes of the machine. */
export const shopBench: Bench = {
  id: 'shop',
  title: 'Healthy CloudMart',
  how: 'engine, six services and telemetry; no shoppers; all load comes from the bench, on the same cores',
  async run({ signal, report }) {
    await using bench = await openEngine(signal);
    const entrance = await deployShop(bench, signal);
    await pause(settleMs, undefined, { signal });
    memoryFigures('idle', await idleCpu(bench.pid, signal)).forEach(report);

    await using chain = await openBareChain(shopServices.length);
    await measureOrders(entrance, chain, { spans: await countSpans(bench, entrance), signal, report });
    memoryFigures('after load', await idleCpu(bench.pid, signal, 2_000)).forEach(report);
  },
};

/** As `start` deploys it before it is broken, but without the lab's own customers. */
async function deployShop({ engine, folder, kube }: BenchEngine, signal: AbortSignal): Promise<Entrance> {
  await engine.images.replaceAll(await buildHealthyImages(folder));
  const { shop, labSystem } = await readHealthyManifests();
  const staff = objectsOf(labSystem).filter(({ metadata }) => metadata.name !== 'shoppers');
  await applyManifests(kube, [...objectsOf(shop), ...staff]);
  const waiting = { clock: systemClock, signal };
  await waitAvailable(kube, [shopNamespace, labNamespace], waiting);
  const [entrance] = await eventually(
    'the entrance opens',
    () => engine.loadBalancers(),
    ({ length }) => length > 0,
    { timeoutMs: 10_000, everyMs: 50 },
  );
  return { url: entrance?.url ?? '', path: '/api/orders' };
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
