import { captureBaseline } from '../../grader/baseline.ts';
import { sleep } from '../../lib/clock.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath, type Addressable } from '../../lib/kube/paths.ts';
import type { RunningEngine, TaggedImage } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import { deployHealthy, type BrokenShop } from './break-shop.ts';
import { removeWorkloads } from './deploy.ts';
import { writeBaseline } from './kept-baseline.ts';
import type { Lab } from './lab.ts';

const lookEveryMs = 50;
const goneWithinMs = 15_000;

/**
 * Begins again with empty data volumes, a healthy shop and its baseline: what a fault did to stored data can't be
 * undone by deploying anything.
 * @throws LabError when the shop does not become healthy
 */
export async function restoreData(
  lab: Pick<Lab, 'clock' | 'signal' | 'seat' | 'folder'>,
  kube: Kube,
  engine: RunningEngine,
  shop: BrokenShop,
  { healthy, entrance }: { healthy: readonly TaggedImage[]; entrance: string },
): Promise<void> {
  const { clock, signal, seat, folder } = lab;
  await removeWorkloads(kube, seat.namespace, { clock, signal });
  await removeClaims(kube, lab, engine.foreign);
  await deployHealthy(lab, kube, engine, shop, healthy);
  const baseline = await captureBaseline({
    kubeconfigPath: engine.kubeconfigPath,
    namespace: seat.namespace,
    labNamespace: seat.labNamespace,
    entranceUrl: entrance,
    clock,
    signal,
  });
  await writeBaseline(folder, baseline);
}

/** Volumes that stood in the namespace before the lab came are somebody's. */
async function removeClaims(
  kube: Kube,
  { clock, signal, seat }: Pick<Lab, 'clock' | 'signal' | 'seat'>,
  foreign: readonly Addressable[],
): Promise<void> {
  const kept = new Set(foreign.map((object) => objectPath(object)));
  const claims = collectionPath('v1', 'PersistentVolumeClaim', seat.namespace);
  const deadline = clock.now() + goneWithinMs;
  for (;;) {
    const all = await kube.list<{ metadata: { name: string; deletionTimestamp?: string } }>(claims);
    const left = all.filter(({ metadata }) => !kept.has(`${claims}/${metadata.name}`));
    if (left.length === 0) return;
    if (clock.now() >= deadline) {
      throw new LabError('DEPLOY_FAILED', { what: 'The data volume', why: 'the old one does not go away' });
    }
    const doomed = left.filter(({ metadata }) => !metadata.deletionTimestamp);
    await Promise.all(doomed.map(({ metadata }) => kube.delete(`${claims}/${metadata.name}`)));
    await sleep(clock, lookEveryMs, signal);
  }
}
