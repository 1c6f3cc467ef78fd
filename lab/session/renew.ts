import { sleep, type Clock } from '../../lib/clock.ts';
import { applyObject, type Manifest } from '../../lib/kube/apply.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath } from '../../lib/kube/paths.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { isAvailable, type DeploymentStatus } from './deploy.ts';

const lookEveryMs = 100;
const runsWithinMs = 20_000;
/** Long enough for each pod to have had a customer, and so a reason to ask for an address. */
const usedForMs = 3_000;

/**
 * Deletes objects and makes them anew, as a careless release does, once those that hold on to the old ones are at work.
 * Where another fault keeps them from working nobody is waited for.
 * @param manifests as deployed
 */
export async function renewObjects(
  kube: Kube,
  namespace: string,
  faults: readonly Fault[],
  manifests: readonly Manifest[],
  { clock, signal, patience }: { clock: Clock; signal: AbortSignal; patience: number },
): Promise<void> {
  const renewing = faults.filter(({ inject }) => inject.renewed.length > 0);
  if (renewing.length === 0) return;
  const holders = new Set(renewing.map(({ component }) => component));
  const deadline = clock.now() + runsWithinMs * patience;
  while (clock.now() < deadline && !(await areAvailable(kube, namespace, holders))) {
    await sleep(clock, lookEveryMs, signal);
  }
  await sleep(clock, usedForMs, signal);
  const wanted = renewing.flatMap(({ inject }) => inject.renewed);
  const due = manifests.filter((one) =>
    wanted.some(({ kind, name }) => one.kind === kind && one.metadata.name === name),
  );
  for (const manifest of due) {
    await kube.delete(objectPath(manifest));
    await applyObject(kube, manifest);
  }
}

async function areAvailable(kube: Kube, namespace: string, names: ReadonlySet<string>): Promise<boolean> {
  const deployments = await kube.list<DeploymentStatus>(collectionPath('apps/v1', 'Deployment', namespace));
  return deployments.filter(({ metadata }) => names.has(metadata.name)).every(isAvailable);
}
