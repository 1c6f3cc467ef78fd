import { randomBytes } from 'node:crypto';
import { sleep } from '../lib/clock.ts';
import { collectionPath } from '../lib/kube/paths.ts';
import type { CheckContext } from './check.ts';
import { startCopy } from './private-copy.ts';
import { askPod } from './proxy.ts';
import { graderLabel, mainContainer, type Deployment, type EndpointSlice, type Probe, type Service } from './state.ts';

const trialLabel = 'brokenprod.dev/trial';
const lookEveryMs = 200;
const joinsWithinMs = 5_000;
const leavesWithinMs = 10_000;
/** A copy that nobody is left to remove wakes up again, sees that its cluster is gone, and ends. */
const hangsAtMostMs = 60_000;

/** What a replica that hung did to the list of those who are sent customers; null: it never got in, or never out. */
export interface ReplicaTrial {
  joinedMs: number | null;
  leftMs: number | null;
}

/**
 * Lets one more replica of a component join a Service like the component's own, has it hang, and watches whether it
 * leaves. The Service is the grader's, and so is the replica: no customer is sent there.
 * @throws Error when the replica does not become ready
 */
export async function tryReplica(
  deployment: Deployment,
  service: Service | undefined,
  context: CheckContext,
): Promise<ReplicaTrial> {
  const { name } = deployment.metadata;
  const main = mainContainer(deployment.spec.template.spec, name);
  const word = randomBytes(6).toString('hex');
  await using front = await startService(name, service, word, context);
  const options = main?.env?.find((variable) => variable.name === 'NODE_OPTIONS')?.value;
  await using copy = await startCopy(
    deployment,
    { NODE_OPTIONS: `${options ? `${options} ` : ''}--import=${hangWhenAsked(word)}` },
    context,
    { labels: { [trialLabel]: word }, ...(main?.readinessProbe && { readinessProbe: hurried(main.readinessProbe) }) },
  );
  const joinedMs = await awaitEndpoint(front.name, true, joinsWithinMs, context);
  if (joinedMs === null) return { joinedMs, leftMs: null };
  const port = main?.ports?.[0]?.containerPort ?? 80;
  await askPod(context.kube, {
    namespace: context.namespace,
    pod: copy.pod,
    port,
    path: `/${word}`,
    timeoutMs: 300,
    signal: context.signal,
  });
  return { joinedMs, leftMs: await awaitEndpoint(front.name, false, leavesWithinMs, context) };
}

/** The same question, asked more often: how patient a probe may be is judged by its figures. */
function hurried(probe: Probe): Probe {
  const { initialDelaySeconds: _, ...question } = probe;
  return { ...question, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 };
}

/** A module for Node's `--import` that stops the event loop at the first request for this path. */
function hangWhenAsked(word: string): string {
  const source = `import { subscribe } from 'node:diagnostics_channel';
subscribe('http.server.request.start', ({ request }) => {
  if (request.url === '/${word}') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${hangsAtMostMs});
});`;
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}

/** A Service as the component's own is, but for whom it selects. */
async function startService(
  component: string,
  service: Service | undefined,
  word: string,
  context: CheckContext,
): Promise<AsyncDisposable & { name: string }> {
  const { kube, namespace, runId } = context;
  const name = `${component.slice(0, 40)}-copy-${word}`;
  const services = collectionPath('v1', 'Service', namespace);
  const remove = (): Promise<void> => kube.delete(`${services}/${name}`);
  context.perturb(`Service ${name} stood before a copy of ${component}`, remove);
  const publish = service?.spec.publishNotReadyAddresses;
  await kube.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { [graderLabel]: runId } },
    spec: {
      selector: { [trialLabel]: word },
      ports: service?.spec.ports?.map(({ name: called, port, targetPort }) => ({ name: called, port, targetPort })) ?? [
        { port: 80 },
      ],
      ...(publish !== undefined && { publishNotReadyAddresses: publish }),
    },
  });
  return { name, [Symbol.asyncDispose]: remove };
}

/** Milliseconds until the Service has a ready endpoint, or has none any more; null when that does not come. */
async function awaitEndpoint(
  service: string,
  wanted: boolean,
  withinMs: number,
  { kube, namespace, clock, signal }: CheckContext,
): Promise<number | null> {
  const begunMs = clock.now();
  const slices = collectionPath('discovery.k8s.io/v1', 'EndpointSlice', namespace);
  for (;;) {
    const found = await kube.list<EndpointSlice>(slices, { labelSelector: `kubernetes.io/service-name=${service}` });
    const endpoints = found.flatMap((slice) => slice.endpoints ?? []);
    const hasReady = endpoints.some(({ conditions }) => conditions?.ready !== false);
    if (hasReady === wanted) return clock.now() - begunMs;
    if (clock.now() - begunMs >= withinMs) return null;
    await sleep(clock, lookEveryMs, signal);
  }
}
