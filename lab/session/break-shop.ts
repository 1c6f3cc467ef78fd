import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { breakManifests } from '../../scenarios/inject.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunningEngine, TaggedImage } from '../engines/engine.ts';
import { shopNamespace } from '../namespaces.ts';
import { applyManifests, removeExtras, removeWorkloads, waitAvailable } from './deploy.ts';
import type { Lab } from './lab.ts';
import { withObjects, type ManifestFile } from './manifests.ts';

/** The scenario's parts, read and put together. */
export interface BrokenShop {
  scenario: Scenario;
  faults: readonly Fault[];
  healthy: readonly ManifestFile[];
  broken: readonly ManifestFile[];
}

export function breakShop(scenario: Scenario, faults: readonly Fault[], healthy: readonly ManifestFile[]): BrokenShop {
  const objects = breakManifests(objectsOf(healthy), faults);
  return { scenario, faults, healthy, broken: withObjects(healthy, objects) };
}

export function objectsOf(files: readonly ManifestFile[]): ManifestFile['objects'] {
  return files.flatMap(({ objects }) => objects);
}

/**
 * Brings the broken shop into the cluster, whatever runs there now. Data volumes stay.
 * @param images everything that can be pulled afterwards
 */
export async function deployBroken(
  { clock, signal }: Pick<Lab, 'clock' | 'signal'>,
  kube: Kube,
  engine: RunningEngine,
  shop: BrokenShop,
  images: { healthy: readonly TaggedImage[]; broken: readonly TaggedImage[] },
): Promise<void> {
  const broken = objectsOf(shop.broken);
  if (shop.scenario.start === 'fresh') {
    await removeWorkloads(kube, shopNamespace, { clock, signal });
  } else {
    await engine.images.replaceAll(images.healthy);
    await applyManifests(kube, objectsOf(shop.healthy));
    await waitAvailable(kube, [shopNamespace], { clock, signal });
  }
  // A later entry of the same reference wins, so the broken builds stand last.
  await Promise.all([
    engine.images.replaceAll([...images.healthy, ...images.broken]),
    removeExtras(kube, shopNamespace, broken),
  ]);
  await applyManifests(kube, broken);
}

/** What each reference named before anything was broken. */
export function digestsOf(images: readonly TaggedImage[]): Map<string, string> {
  return new Map(images.map(({ ref, image }) => [ref, image.digest]));
}
