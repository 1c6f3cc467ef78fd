import { sleep, type Clock } from '../../lib/clock.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import type { Fault, Proof } from '../../scenarios/fault.ts';
import type { EngineImages } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import type { Seat } from '../seat.ts';
import type { SessionRecord } from './session-record.ts';

interface ContainerState {
  waiting?: { reason?: string };
  terminated?: { exitCode: number; reason?: string };
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string>; deletionTimestamp?: string };
  spec: { containers: { name: string; image: string; env?: { name: string; value?: string }[] }[] };
  status?: {
    podIP?: string;
    containerStatuses?: { restartCount: number; state?: ContainerState; lastState?: ContainerState }[];
  };
}

interface Deployment {
  metadata: { name: string };
  spec: { selector: { matchLabels?: Record<string, string> } };
}

interface EndpointSlice {
  metadata: { labels?: Record<string, string> };
  endpoints?: readonly unknown[] | null;
}

/** What can be seen of the broken system from outside, at one moment. */
export interface Observation {
  pods: readonly Pod[];
  deployments: readonly Deployment[];
  endpointSlices: readonly EndpointSlice[];
  /** What image names in pods begin with, on top of the names in the maps. */
  imagePrefix: string;
  /** Digest of each image reference now, and of each in the healthy system. */
  digests: ReadonlyMap<string, string>;
  healthyDigests: ReadonlyMap<string, string>;
}

/** What was seen, and whether it proves the fault. */
export interface Seen {
  proven: boolean;
  observed: string;
}

const lookEveryMs = 50;
/** A container must be started, fail and be reported; an image pull fails after one look at the store. */
const provenWithinMs = 30_000;

/**
 * Waits until each fault shows: by its symptom, or for a masked or latent one by what effectively runs.
 * @throws LabError NOT_BROKEN naming the faults that did not take
 */
export async function proveBreak(
  kube: Kube,
  seat: Pick<Seat, 'namespace' | 'imagePrefix'>,
  faults: readonly Fault[],
  images: { now: EngineImages; healthyDigests: ReadonlyMap<string, string> },
  { clock, signal, patience }: { clock: Clock; signal: AbortSignal; patience: number },
): Promise<SessionRecord['proof']> {
  const deadline = clock.now() + provenWithinMs * patience;
  for (;;) {
    const observation = await observe(kube, seat, images);
    const seen = faults.map((fault) => ({ fault, ...judgeAll(fault.visible.proof, observation) }));
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
): Promise<Observation> {
  const [pods, deployments, endpointSlices, stored] = await Promise.all([
    kube.list<Pod>(collectionPath('v1', 'Pod', namespace)),
    kube.list<Deployment>(collectionPath('apps/v1', 'Deployment', namespace)),
    kube.list<EndpointSlice>(collectionPath('discovery.k8s.io/v1', 'EndpointSlice', namespace)),
    images.now.list(),
  ]);
  const digests = new Map(stored.map(({ ref, image }) => [ref, image.digest]));
  return { pods, deployments, endpointSlices, imagePrefix, digests, healthyDigests: images.healthyDigests };
}

function judgeAll(proofs: readonly Proof[], observation: Observation): Seen {
  const seen = proofs.map((proof) => judgeProof(proof, observation));
  return { proven: seen.every(({ proven }) => proven), observed: seen.map(({ observed }) => observed).join('; ') };
}

/** Whether the observation shows what the proof asks for. */
export function judgeProof(proof: Proof, observation: Observation): Seen {
  if (proof.kind === 'no-endpoints') return noEndpoints(proof.service, observation);
  const pods = podsOf(proof.deployment, observation);
  if (pods.length === 0) return { proven: false, observed: `${proof.deployment} has no pods` };
  const seen = pods.map((pod) => judgePod(proof, pod, observation));
  return {
    proven: seen.every(({ proven }) => proven),
    observed: [...new Set(seen.map((one) => one.observed))].join(', '),
  };
}

function judgePod(proof: Exclude<Proof, { kind: 'no-endpoints' }>, pod: Pod, observation: Observation): Seen {
  switch (proof.kind) {
    case 'container-waiting': {
      const reasons = statuses(pod).flatMap(({ state }) => state?.waiting?.reason ?? []);
      const reason = reasons.find((one) => proof.reasons.includes(one));
      return {
        proven: reason !== undefined,
        observed: `${proof.deployment} ${reason ?? reasons[0] ?? 'is not waiting'}`,
      };
    }
    case 'container-crashed': {
      const ends = statuses(pod).flatMap(({ state, lastState }) => state?.terminated ?? lastState?.terminated ?? []);
      const crash = ends.find(({ exitCode }) => exitCode !== 0);
      return {
        proven: crash !== undefined,
        observed: `${proof.deployment} ${crash ? `exited ${crash.exitCode}` : 'has not crashed'}`,
      };
    }
    case 'env': {
      const value =
        pod.spec.containers.flatMap(({ env }) => env ?? []).find(({ name }) => name === proof.name)?.value ?? null;
      return { proven: value === proof.value, observed: `${proof.deployment} ${proof.name}=${value ?? '(not set)'}` };
    }
    case 'pod-field': {
      const value = valueAt(pod, proof.field);
      return {
        proven: JSON.stringify(value) === JSON.stringify(proof.equals),
        observed: `${proof.deployment} ${proof.field}=${JSON.stringify(value) ?? '(not set)'}`,
      };
    }
    case 'image-changed': {
      const changed = pod.spec.containers.some(({ image }) => {
        const name = image.startsWith(observation.imagePrefix) ? image.slice(observation.imagePrefix.length) : image;
        const ref = name.includes(':') ? name : `${name}:latest`;
        return observation.digests.get(ref) !== observation.healthyDigests.get(ref);
      });
      return { proven: changed, observed: `${proof.deployment} runs ${changed ? 'the broken' : 'the healthy'} build` };
    }
  }
}

/** A pod that is not ready yet is listed as such, so an empty list means that nothing matches the selector. */
function noEndpoints(service: string, { endpointSlices, pods }: Observation): Seen {
  const slices = endpointSlices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  const count = slices.flatMap(({ endpoints }) => endpoints ?? []).length;
  const settled = pods.length > 0 && pods.every(({ status }) => status?.podIP);
  return { proven: settled && count === 0, observed: `${service} has ${count === 0 ? 'no' : count} endpoints` };
}

function podsOf(deployment: string, { deployments, pods }: Observation): Pod[] {
  const labels = deployments.find(({ metadata }) => metadata.name === deployment)?.spec.selector.matchLabels;
  if (!labels) return [];
  return pods.filter(
    ({ metadata }) =>
      !metadata.deletionTimestamp && Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
  );
}

function statuses(pod: Pod): NonNullable<NonNullable<Pod['status']>['containerStatuses']> {
  return pod.status?.containerStatuses ?? [];
}

/** The value at a path such as `spec.containers[0].resources.limits.memory`. */
function valueAt(object: unknown, path: string): unknown {
  const keys = path.split(/[.[\]]/).filter(Boolean);
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
