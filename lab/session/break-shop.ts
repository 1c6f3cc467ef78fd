import { sleep } from '../../lib/clock.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { breakManifests } from '../../scenarios/inject.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunningEngine, TaggedImage } from '../engines/engine.ts';
import { placeManifests, type Seat } from '../seat.ts';
import { applyManifests, removeExtras, removeWorkloads, waitAvailable } from './deploy.ts';
import type { Lab } from './lab.ts';
import { withObjects, type ManifestFile } from './manifests.ts';

/** Long enough for a before and an after in logs, metrics and traces. */
const historyMs = 60_000;

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
  const broken = withObjects(healthy, breakManifests(objectsOf(healthy), faults));
  return { scenario, faults, healthy: placeManifests(healthy, seat), broken: placeManifests(broken, seat) };
}

export function objectsOf(files: readonly ManifestFile[]): ManifestFile['objects'] {
  return files.flatMap(({ objects }) => objects);
}

/**
 * Brings the broken shop into the cluster, whatever runs there now. Data volumes stay.
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
  if (shop.scenario.start === 'fresh') {
    await removeWorkloads(kube, seat.namespace, { clock, signal });
  } else {
    await engine.images.replaceAll(images.healthy);
    await applyManifests(kube, objectsOf(shop.healthy));
    await waitAvailable(kube, [seat.namespace], { clock, signal }, engine.patience);
    if (shop.faults.some(({ history }) => history)) await sleep(clock, historyMs, signal);
  }
  // A later entry of the same reference wins, so the broken builds stand last.
  await Promise.all([
    engine.images.replaceAll([...images.healthy, ...images.broken]),
    removeExtras(kube, seat.namespace, [...broken, ...engine.foreign]),
  ]);
  await applyManifests(kube, broken);
}

/** What each reference named before anything was broken. */
export function digestsOf(images: readonly TaggedImage[]): Map<string, string> {
  return new Map(images.map(({ ref, image }) => [ref, image.digest]));
}
