import { randomBytes } from 'node:crypto';
import { sleep } from '../lib/clock.ts';
import { isNotFound } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { collectionPath } from '../lib/kube/paths.ts';
import type { CheckContext } from './check.ts';
import {
  graderLabel,
  isReady,
  mainContainer,
  podWord,
  statusOf,
  type Deployment,
  type Pod,
  type Probe,
} from './state.ts';

const startsWithinMs = 15_000;
const lookEveryMs = 100;
/** The cluster ends the copy itself, should nobody be left to do it. */
const livesAtMostS = 180;

/** A pod of our own with a component's template: it can be treated badly without anyone being hurt. */
export interface PrivateCopy extends AsyncDisposable {
  pod: string;
  imageId: string | undefined;
}

/** What a copy has beside, or instead of, what its original has. */
export interface CopyChanges {
  labels?: Readonly<Record<string, string>>;
  readinessProbe?: Probe;
  /** Services that find it by its labels send it nothing: it waits for a condition that nobody sets. */
  outOfService?: boolean;
}

/**
 * Starts a copy of a Deployment's pod, with other values for some variables, out of reach of every Service.
 * @throws Error when it does not become ready
 */
export async function startCopy(
  deployment: Deployment,
  variables: Readonly<Record<string, string>>,
  context: CheckContext,
  changes: CopyChanges = {},
): Promise<PrivateCopy> {
  const { kube, namespace, runId } = context;
  const { name } = deployment.metadata;
  // More than one question may want a copy of the same component at the same time.
  const pod = `${name}-copy-${runId}-${randomBytes(2).toString('hex')}`;
  const pods = collectionPath('v1', 'Pod', namespace);
  const remove = (): Promise<void> => kube.delete(`${pods}/${pod}`, { gracePeriodSeconds: 0 });
  context.perturb(`a copy of ${name} ran as pod ${pod}`, remove);
  await kube.create(pods, copyOf(deployment, pod, variables, runId, changes));
  try {
    const imageId = await awaitReady(`${pods}/${pod}`, name, context);
    return { pod, imageId, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The copy's labels match no selector; probes would only restart what is meant to suffer; data is its own. */
export function copyOf(
  deployment: Deployment,
  name: string,
  variables: Readonly<Record<string, string>>,
  runId: string,
  { labels = {}, readinessProbe, outOfService = false }: CopyChanges = {},
): Record<string, unknown> {
  const { spec } = deployment.spec.template;
  const main = mainContainer(spec, deployment.metadata.name);
  if (!main) throw new Error(`${deployment.metadata.name} has no container`);
  const { livenessProbe: _, ...container } = main;
  const overridden = Object.entries(variables).map(([key, value]) => ({ name: key, value }));
  const env = [...(main.env ?? []).filter((entry) => !(entry.name in variables)), ...overridden];
  const volumes = spec.volumes?.map((volume) =>
    volume.persistentVolumeClaim ? { name: volume.name, emptyDir: {} } : volume,
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { ...labels, [graderLabel]: runId } },
    spec: {
      ...spec,
      ...(volumes && { volumes }),
      containers: [{ ...container, env, ...(readinessProbe && { readinessProbe }) }],
      restartPolicy: 'Never',
      activeDeadlineSeconds: livesAtMostS,
      ...(outOfService && { readinessGates: [{ conditionType: 'brokenprod.dev/in-service' }] }),
    },
  };
}

async function awaitReady(
  path: string,
  name: string,
  { kube, clock, signal }: CheckContext,
): Promise<string | undefined> {
  const deadline = clock.now() + startsWithinMs;
  for (;;) {
    const pod = await kube.get<Pod>(path);
    if (isReady(pod)) return statusOf(pod, mainContainer(pod.spec, name)?.name ?? name)?.imageID;
    if (clock.now() >= deadline || pod.status?.phase === 'Failed')
      throw new Error(`the copy does not start: ${podWord(pod)}`);
    await sleep(clock, lookEveryMs, signal);
  }
}

/** Removes everything that some run of the grader left behind. */
export async function removeCopies(kube: Kube, namespace: string): Promise<void> {
  for (const kind of ['Pod', 'Service']) {
    const collection = collectionPath('v1', kind, namespace);
    try {
      const left = await kube.list<Pod>(collection, { labelSelector: graderLabel });
      await Promise.all(
        left.map(({ metadata }) => kube.delete(`${collection}/${metadata.name}`, { gracePeriodSeconds: 0 })),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
