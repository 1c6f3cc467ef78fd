import type { Proof } from '../../scenarios/fault.ts';

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

interface Event {
  reason?: string;
  message?: string;
  involvedObject: { name?: string };
}

/** What can be seen of the broken system from outside, at one moment. */
export interface Observation {
  pods: readonly Pod[];
  deployments: readonly Deployment[];
  endpointSlices: readonly EndpointSlice[];
  /** Only where a proof asks for events. */
  events: readonly Event[];
  /** All of the kinds that proofs ask about. */
  objects: readonly { kind: string; metadata: { name: string } }[];
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

/** Whether the observation shows all that the proofs ask for. */
export function judgeProofs(proofs: readonly Proof[], observation: Observation): Seen {
  const seen = proofs.map((proof) => judgeProof(proof, observation));
  return { proven: seen.every(({ proven }) => proven), observed: seen.map(({ observed }) => observed).join('; ') };
}

/** What one pod can show. */
type PodProof = Extract<Proof, { deployment: string }>;

/** Whether the observation shows what the proof asks for. */
export function judgeProof(proof: Proof, observation: Observation): Seen {
  if (proof.kind === 'no-endpoints') return noEndpoints(proof.service, observation);
  if (proof.kind === 'object-field') return objectField(proof, observation);
  if (proof.kind === 'event') return event(proof, observation);
  const pods = podsOf(proof.deployment, observation);
  if (pods.length === 0) return { proven: false, observed: `${proof.deployment} has no pods` };
  const seen = pods.map((pod) => judgePod(proof, pod, observation));
  return {
    proven: proof.some ? seen.some(({ proven }) => proven) : seen.every(({ proven }) => proven),
    observed: [...new Set(seen.map((one) => one.observed))].join(', '),
  };
}

function judgePod(proof: PodProof, pod: Pod, observation: Observation): Seen {
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
      return fieldOf(pod, proof, proof.deployment);
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

function objectField(proof: Extract<Proof, { kind: 'object-field' }>, { objects }: Observation): Seen {
  const { kind, name } = proof.object;
  const object = objects.find((one) => one.kind === kind && one.metadata.name === name);
  const words = `${kind} ${name}`;
  return object ? fieldOf(object, proof, words) : { proven: false, observed: `there is no ${words}` };
}

function fieldOf(object: unknown, { field, equals }: { field: string; equals?: unknown }, name: string): Seen {
  const value = valueAt(object, field);
  return {
    proven: JSON.stringify(value) === JSON.stringify(equals),
    observed: `${name} ${field}=${JSON.stringify(value) ?? '(not set)'}`,
  };
}

function event({ about, reason, says }: Extract<Proof, { kind: 'event' }>, { events }: Observation): Seen {
  const found = events.find(
    (one) => one.reason === reason && one.involvedObject.name?.startsWith(about) && one.message?.includes(says),
  );
  return { proven: found !== undefined, observed: `${reason} of ${about} ${found ? 'was seen' : 'was not seen'}` };
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

/** The value at a path such as `spec.containers[0].image`, `status.conditions[type=Ready].status` or `data['a.json']`. */
function valueAt(object: unknown, path: string): unknown {
  const keys = path.matchAll(/\['([^']+)'\]|[^.[\]]+/g);
  return [...keys].reduce<unknown>((value, [key, quoted]) => {
    if (quoted !== undefined) return (value as Record<string, unknown> | undefined)?.[quoted];
    const [name, wanted] = key.split('=');
    if (wanted === undefined) return (value as Record<string, unknown> | undefined)?.[key];
    const items = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
    return items.find((item) => item[name ?? ''] === wanted);
  }, object);
}
