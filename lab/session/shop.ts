import type { Clock } from '../../lib/clock.ts';
import { sleep } from '../../lib/clock.ts';
import type { LoadBalancerAddress, RunningEngine } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import { labNamespace } from '../namespaces.ts';
import { project } from '../project.ts';
import { readManifests, type ManifestFile } from './manifests.ts';
import { join } from 'node:path';

const entranceWithinMs = 10_000;

/** The healthy shop, and the lab's own workloads. */
export async function readHealthyManifests(): Promise<{ shop: ManifestFile[]; labSystem: ManifestFile[] }> {
  const [shop, labSystem] = await Promise.all([
    readManifests(project.manifests),
    readManifests(join(project.manifests, labNamespace)),
  ]);
  return { shop, labSystem };
}

/**
 * The address that customers use.
 * @throws LabError NO_ENTRANCE when no port could be had
 */
export async function waitForEntrance(
  engine: RunningEngine,
  namespace: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<LoadBalancerAddress> {
  const entranceService = `${namespace}/gateway`;
  const deadline = clock.now() + entranceWithinMs;
  for (;;) {
    const address = (await engine.loadBalancers()).find(({ service }) => service === entranceService);
    if (address) return address;
    if (clock.now() >= deadline) {
      throw new LabError('NO_ENTRANCE', { service: entranceService, seconds: entranceWithinMs / 1000 });
    }
    await sleep(clock, 50, signal);
  }
}
