import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { addedObjects, breakManifests } from '../../scenarios/inject.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunningEngine, TaggedImage } from '../engines/engine.ts';
import { shopNamespace } from '../namespaces.ts';
import { placeManifests, type Seat } from '../seat.ts';
import { applyManifests, removeExtras, removeWorkloads, waitAvailable } from './deploy.ts';
import type { Lab } from './lab.ts';
import { fileOf, withObjects, type ManifestFile } from './manifests.ts';
import { renewObjects } from './renew.ts';

/** Long enough for a before and an after in logs, metrics and traces. */
export const usualHistoryS = 60;

/** The scenario's parts, read and put together. */
export interface BrokenShop {
  scenario: Scenario;
  faults: readonly Fault[];
  healthy: readonly ManifestFile[];
  broken: readonly ManifestFile[];
}

/** Faults are written for the manifests as they are; what comes of it is moved to the seat. */
export function breakShop(
  scenario: Scenario,
  faults: readonly Fault[],
  healthy: readonly ManifestFile[],
  seat: Seat,
): BrokenShop {
  const changed = withObjects(healthy, breakManifests(objectsOf(healthy), faults));
  const broken = [...changed, ...addedObjects(faults, shopNamespace).map(fileOf)];
  return { scenario, faults, healthy: placeManifests(healthy, seat), broken: placeManifests(broken, seat) };
}

export function objectsOf(files: readonly ManifestFile[]): ManifestFile['objects'] {
  return files.flatMap(({ objects }) => objects);
}

/**
 * Takes everything out that was changed or added and deploys the healthy shop anew, for faults that come to a running
 * one. Data volumes stay.
 * @throws LabError when it does not become healthy
 */
export async function deployHealthy(
  { clock, signal, seat }: Pick<Lab, 'clock' | 'signal' | 'seat'>,
  kube: Kube,
  engine: RunningEngine,
  shop: BrokenShop,
  images: readonly TaggedImage[],
): Promise<void> {
  const healthy = objectsOf(shop.healthy);
  await removeWorkloads(kube, seat.namespace, { clock, signal });
  await removeExtras(kube, seat.namespace, [...healthy, ...engine.foreign]);
  await engine.images.replaceAll(images);
  await applyManifests(kube, healthy);
  await waitAvailable(kube, [seat.namespace], { clock, signal }, engine.patience);
}

/** How long customers use the healthy shop before it breaks, in seconds: 0 where nothing asks for a history. */
export function historyOf({ scenario, faults }: BrokenShop, wantedS: number): number {
  return scenario.start === 'in-place' && faults.some(({ history }) => history) ? wantedS : 0;
}

/**
 * Brings the broken shop into the cluster: in the place of whatever runs there, or as a roll-out on the healthy one.
 * Data volumes stay.
 * @param images everything that can be pulled afterwards
 */
export async function deployBroken(
  { clock, signal, seat }: Pick<Lab, 'clock' | 'signal' | 'seat'>,
  kube: Kube,
  engine: RunningEngine,
  shop: BrokenShop,
  images: { healthy: readonly TaggedImage[]; broken: readonly TaggedImage[] },
): Promise<void> {
  const broken = objectsOf(shop.broken);
  if (shop.scenario.start === 'fresh') await removeWorkloads(kube, seat.namespace, { clock, signal });
  // A later entry of the same reference wins, so the broken builds stand last.
  await Promise.all([
    engine.images.replaceAll([...images.healthy, ...images.broken]),
    removeExtras(kube, seat.namespace, [...broken, ...engine.foreign]),
  ]);
  await applyManifests(kube, broken);
  await renewObjects(kube, seat.namespace, shop.faults, broken, { clock, signal, patience: engine.patience });
}

/** What each reference named before anything was broken. */
export function digestsOf(images: readonly TaggedImage[]): Map<string, string> {
  return new Map(images.map(({ ref, image }) => [ref, image.digest]));
}
