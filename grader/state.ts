import { collectionPath } from '../lib/kube/paths.ts';
import { isNotFound } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';
import type { Guard } from './guards.ts';

/** The part of the API's objects that the grader reads. */
export interface Meta {
  name: string;
  uid: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  generation?: number;
  ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    configMapKeyRef?: { name: string; key: string };
    secretKeyRef?: { name: string; key: string };
    [other: string]: unknown;
  };
}

export interface Probe {
  httpGet?: { path?: string; port: number | string; host?: string; scheme?: string };
  tcpSocket?: unknown;
  exec?: unknown;
  grpc?: unknown;
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  lifecycle?: unknown;
  ports?: { name?: string; containerPort: number }[];
  env?: EnvVar[];
  envFrom?: { prefix?: string; configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  volumeMounts?: { name: string; mountPath: string; [other: string]: unknown }[];
  [other: string]: unknown;
}

export interface PodSpec {
  containers: Container[];
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
  hostAliases?: unknown[];
  hostNetwork?: boolean;
  hostPID?: boolean;
  dnsPolicy?: string;
  [other: string]: unknown;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  imageID?: string;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: { startedAt?: string };
    terminated?: Terminated;
  };
  lastState?: { terminated?: Terminated };
}

interface Terminated {
  exitCode: number;
  reason?: string;
  finishedAt?: string;
}

export interface Pod {
  metadata: Meta;
  spec: PodSpec;
  status?: {
    phase?: string;
    podIP?: string;
    /** One of each family. */
    podIPs?: { ip: string }[];
    conditions?: { type: string; status: string; lastTransitionTime?: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface Deployment {
  metadata: Meta;
  spec: {
    replicas?: number;
    paused?: boolean;
    template: { metadata?: { labels?: Record<string, string> }; spec: PodSpec };
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    /** Those that have been ready for as long as the Deployment asks. */
    availableReplicas?: number;
    conditions?: { type: string; lastUpdateTime?: string }[];
  };
}

export interface ReplicaSet {
  metadata: Meta;
  spec: { replicas?: number };
}

export interface Service {
  metadata: Meta;
  spec: {
    type?: string;
    externalName?: string;
    publishNotReadyAddresses?: boolean;
    selector?: Record<string, string>;
    sessionAffinity?: string;
    ports?: { name?: string; port: number; targetPort?: number | string }[];
  };
}

export interface EndpointSlice {
  metadata: Meta;
  endpoints?:
    | {
        addresses: string[];
        conditions?: { ready?: boolean };
        targetRef?: { kind?: string; name?: string; uid?: string };
      }[]
    | null;
  ports?: { port?: number }[] | null;
}

/** The namespace as it stands at one moment. */
export interface State {
  deployments: Deployment[];
  replicaSets: ReplicaSet[];
  pods: Pod[];
  services: Service[];
  endpointSlices: EndpointSlice[];
  cronJobs: { metadata: Meta }[];
  /** Where it was asked for. */
  guards?: Guard[];
}

/** Marks what the grader itself puts into the cluster. */
export const graderLabel = 'brokenprod.dev/grader';

/** @throws KubeError, KubeUnreachable */
export async function readState(kube: Kube, namespace: string): Promise<State> {
  const list = <T>(apiVersion: string, kind: string): Promise<T[]> =>
    kube.list<T>(collectionPath(apiVersion, kind, namespace));
  const [deployments, replicaSets, pods, services, endpointSlices, cronJobs] = await Promise.all([
    list<Deployment>('apps/v1', 'Deployment'),
    list<ReplicaSet>('apps/v1', 'ReplicaSet'),
    readPods(kube, namespace),
    list<Service>('v1', 'Service'),
    list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice'),
    list<{ metadata: Meta }>('batch/v1', 'CronJob').catch(noneWhenUnknown),
  ]);
  return { deployments, replicaSets, pods, services, endpointSlices, cronJobs };
}

/** The namespace's pods without the grader's own. */
export async function readPods(kube: Kube, namespace: string): Promise<Pod[]> {
  const pods = await kube.list<Pod>(collectionPath('v1', 'Pod', namespace));
  return pods.filter(({ metadata }) => metadata.labels?.[graderLabel] === undefined);
}

/** A kind that the cluster does not serve has no objects. */
function noneWhenUnknown(error: unknown): [] {
  if (isNotFound(error)) return [];
  throw error;
}

export function deploymentOf(state: State, name: string): Deployment | undefined {
  return state.deployments.find(({ metadata }) => metadata.name === name);
}

/** The living pods that a Deployment owns through its ReplicaSets. */
export function podsOf(state: State, deployment: string): Pod[] {
  const owner = deploymentOf(state, deployment);
  if (!owner) return [];
  const sets = new Set(
    state.replicaSets.filter((set) => isOwnedBy(set.metadata, owner.metadata.uid)).map((set) => set.metadata.uid),
  );
  return state.pods.filter(
    ({ metadata }) => !metadata.deletionTimestamp && metadata.ownerReferences?.some(({ uid }) => sets.has(uid)),
  );
}

function isOwnedBy(metadata: Meta, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

/** The container that does the work: named like the Deployment, or the first. */
export function mainContainer(spec: PodSpec, deployment: string): Container | undefined {
  return spec.containers.find(({ name }) => name === deployment) ?? spec.containers[0];
}

export function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === container);
}

export function isReady(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return pod.status?.phase === 'Running' && statuses.length > 0 && statuses.every(({ ready }) => ready);
}

/** A pod's condition in the word that `kubectl get pods` shows. */
export function podWord(pod: Pod): string {
  const bad = (pod.status?.containerStatuses ?? []).find(({ ready }) => !ready);
  const reason = bad?.state?.waiting?.reason ?? bad?.state?.terminated?.reason;
  return reason ?? (isReady(pod) ? 'Running' : `${pod.status?.phase ?? 'Pending'}, not ready`);
}
