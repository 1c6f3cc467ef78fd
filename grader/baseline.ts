import { sleep, systemClock, type Clock } from '../lib/clock.ts';
import { connectKube, type Kube } from '../lib/kube/kube.ts';
import { readGuards, type Guard } from './guards.ts';
import { describeLabWorkloads, type LabWorkload } from './lab-workloads.ts';
import { outcomeOf, placeOrder } from './order-client.ts';
import { askService } from './proxy.ts';
import { podsOf, readState, type Deployment, type PodSpec, type Service, type State } from './state.ts';

const canaryTries = 6;
const betweenTriesMs = 500;

/** The healthy system, as it was before anything was broken. Plain data: the lab keeps it as JSON. */
export interface Baseline {
  takenAt: string;
  deployments: { name: string; replicas: number; template: PodSpec; imageIds: string[] }[];
  services: { name: string; type: string; ports: number[] }[];
  cronJobs: string[];
  /** Policies, budgets, quotas: what no repair may take away. */
  guards?: Guard[];
  /** The lab's own workloads, which trainees can change as well. */
  labWorkloads?: LabWorkload[];
  /** Price in cents by item. */
  prices: Record<string, number>;
  /** Orders that were placed then and must still be there. */
  canaries: { id: string; totalCents: number }[];
}

export interface BaselineOptions {
  kubeconfigPath: string;
  context?: string;
  namespace: string;
  labNamespace: string;
  entranceUrl: string;
  /** Default 3. */
  canaryOrders?: number;
  clock?: Clock;
  signal?: AbortSignal;
}

/**
 * Looks at the healthy system and leaves a few orders in it.
 * @throws Error when the shop does not take an order, for then it is not healthy
 */
export async function captureBaseline(options: BaselineOptions): Promise<Baseline> {
  const clock = options.clock ?? systemClock;
  await using kube = await connectKube(options);
  const [state, lab, prices] = await Promise.all([
    readState(kube, options.namespace),
    readState(kube, options.labNamespace),
    readPrices(kube, options.namespace),
  ]);
  const guards = await readGuards(kube, options.namespace, state.deployments);
  const items = Object.keys(prices);
  const canaries = await Promise.all(
    Array.from({ length: options.canaryOrders ?? 3 }, (_, index) => {
      const item = items[(index * 7) % items.length] ?? 'laptop';
      return placeCanary({ item, quantity: 1 + index }, options, clock);
    }),
  );
  return {
    takenAt: new Date(clock.now()).toISOString(),
    ...describe(state),
    guards,
    labWorkloads: describeLabWorkloads(lab),
    prices,
    canaries,
  };
}

/** Pods are ready a moment before those who call them have noticed: a first refusal says nothing. */
async function placeCanary(
  wanted: { item: string; quantity: number },
  { entranceUrl, signal }: BaselineOptions,
  clock: Clock,
): Promise<Baseline['canaries'][number]> {
  for (let tried = 1; ; tried++) {
    const order = await placeOrder(entranceUrl, wanted, { clock, signal });
    if (order.id) return { id: order.id, totalCents: order.totalCents ?? 0 };
    if (tried >= canaryTries) throw new Error(`the healthy shop did not take an order: ${outcomeOf(order)}`);
    await sleep(clock, betweenTriesMs, signal);
  }
}

function describe(state: State): Pick<Baseline, 'deployments' | 'services' | 'cronJobs'> {
  return {
    deployments: state.deployments.map((deployment) => describeDeployment(deployment, state)),
    services: state.services.map(describeService),
    cronJobs: state.cronJobs.map(({ metadata }) => metadata.name),
  };
}

function describeDeployment({ metadata: { name }, spec }: Deployment, state: State): Baseline['deployments'][number] {
  const statuses = podsOf(state, name).flatMap((pod) => pod.status?.containerStatuses ?? []);
  const imageIds = [...new Set(statuses.flatMap(({ imageID }) => imageID ?? []))];
  return { name, replicas: spec.replicas ?? 1, template: spec.template.spec, imageIds };
}

function describeService({ metadata: { name }, spec }: Service): Baseline['services'][number] {
  return { name, type: spec.type ?? 'ClusterIP', ports: (spec.ports ?? []).map(({ port }) => port) };
}

async function readPrices(kube: Kube, namespace: string): Promise<Baseline['prices']> {
  const answer = await askService(kube, { namespace, service: 'database-service', port: 8080, path: '/products' });
  const { products } = answer.json<{ products: { item: string; priceCents: number }[] }>();
  return Object.fromEntries(products.map(({ item, priceCents }) => [item, priceCents]));
}
