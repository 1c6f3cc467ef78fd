import { sleep } from '../../lib/clock.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault } from '../../scenarios/fault.ts';
import type { EngineImages, RunningEngine, TaggedImage } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import type { Seat } from '../seat.ts';
import { digestsOf, type BrokenShop } from './break-shop.ts';
import type { Lab } from './lab.ts';
import { judgeProofs, type Observation } from './proof.ts';
import type { SessionRecord } from './session-record.ts';

const lookEveryMs = 50;
/** A container must be started, fail and be reported; an image pull fails after one look at the store. */
const provenWithinMs = 30_000;

/**
 * Waits until each fault shows: by its symptom, or for a masked or latent one by what effectively runs.
 * @param healthy the images before anything was broken
 * @throws LabError NOT_BROKEN naming the faults that did not take
 */
export async function proveBreak(
  { clock, signal, seat }: Pick<Lab, 'clock' | 'signal' | 'seat'>,
  kube: Kube,
  engine: RunningEngine,
  { faults }: Pick<BrokenShop, 'faults'>,
  healthy: readonly TaggedImage[],
): Promise<SessionRecord['proof']> {
  const images = { now: engine.images, healthyDigests: digestsOf(healthy) };
  const deadline = clock.now() + provenWithinMs * engine.patience;
  for (;;) {
    const observation = await observe(kube, seat, images, faults);
    const seen = faults.map((fault) => ({ fault, ...judgeProofs(fault.visible.proof, observation) }));
    const open = seen.filter(({ proven }) => !proven);
    if (open.length === 0) {
      return seen.map(({ fault, observed }) => ({ fault: fault.id, by: fault.visible.by, observed }));
    }
    if (clock.now() >= deadline) {
      throw new LabError('NOT_BROKEN', { faults: open.map(({ fault, observed }) => `${fault.id}: ${observed}`) });
    }
    await sleep(clock, lookEveryMs, signal);
  }
}

async function observe(
  kube: Kube,
  { namespace, imagePrefix }: Pick<Seat, 'namespace' | 'imagePrefix'>,
  images: { now: EngineImages; healthyDigests: ReadonlyMap<string, string> },
  faults: readonly Fault[],
): Promise<Observation> {
  const list = <T>(apiVersion: string, kind: string): Promise<T[]> =>
    kube.list<T>(collectionPath(apiVersion, kind, namespace));
  const proofs = faults.flatMap(({ visible }) => visible.proof);
  const kinds = new Map(
    proofs.flatMap((proof) => (proof.kind === 'object-field' ? [[proof.object.kind, proof.object.apiVersion]] : [])),
  );
  const asksEvents = proofs.some(({ kind }) => kind === 'event');
  const [pods, deployments, endpointSlices, events, objects, stored] = await Promise.all([
    list<Observation['pods'][number]>('v1', 'Pod'),
    list<Observation['deployments'][number]>('apps/v1', 'Deployment'),
    list<Observation['endpointSlices'][number]>('discovery.k8s.io/v1', 'EndpointSlice'),
    asksEvents ? list<Observation['events'][number]>('v1', 'Event') : [],
    Promise.all(
      [...kinds].map(async ([kind, apiVersion]) => {
        const found = await list<{ metadata: { name: string } }>(apiVersion, kind);
        return found.map((object) => ({ ...object, kind }));
      }),
    ),
    images.now.list(),
  ]);
  const digests = new Map(stored.map(({ ref, image }) => [ref, image.digest]));
  const { healthyDigests } = images;
  return { pods, deployments, endpointSlices, events, objects: objects.flat(), imagePrefix, digests, healthyDigests };
}
