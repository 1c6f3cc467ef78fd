/** Which pods stand behind a Service, and on which ports: the common ground of Endpoints and EndpointSlices. */
import { toTimestamp } from '../../../lib/clock.ts';
import { isEnded, isReady, readySinceMs } from '../../objects/pod-state.ts';
import { matchesLabels } from '../../objects/selector.ts';
import type { Pod, Service, ServicePort } from '../../objects/types.ts';

export interface Backend {
  pod: Pod;
  ip: string;
  ready: boolean;
  terminating: boolean;
  ports: BackendPort[];
}

export interface BackendPort {
  name?: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
/** The label that both kinds carry for a Service without a cluster address. */
const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** Whether controllers look for pods on behalf of the Service; without a selector someone else names its endpoints. */
export function hasBackends(service: Service): boolean {
  return service.spec?.type !== 'ExternalName' && Object.keys(service.spec?.selector ?? {}).length > 0;
}

/** All pods with an address that the Service selects, by address. A pod that lacks a named port is there without it. */
export function backendsOf(service: Service, allPods: readonly Pod[]): Backend[] {
  if (!hasBackends(service)) return [];
  const selector = { matchLabels: service.spec?.selector ?? {} };
  return allPods
    .filter((pod) => pod.metadata.namespace === service.metadata.namespace)
    .filter((pod) => matchesLabels(selector, pod.metadata.labels) && pod.status?.podIP && !isEnded(pod))
    .map((pod) => ({
      pod,
      ip: pod.status?.podIP ?? '',
      ready: isReady(pod),
      terminating: pod.metadata.deletionTimestamp !== undefined,
      ports: (service.spec?.ports ?? []).flatMap((port) => backendPort(port, pod)),
    }))
    .toSorted((a, b) => compareAddresses(a.ip, b.ip));
}

/** Backends that are reached on the same ports, together; the order of the groups is stable. */
export function byPorts(backends: readonly Backend[]): Backend[][] {
  return [...Map.groupBy(backends, ({ ports }) => JSON.stringify(ports))]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([, group]) => group);
}

function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

/** What both kinds say about themselves: whose they are, and when something last happened that may have changed them. */
export function endpointMetadata(service: Service, backends: readonly Backend[], ownLabels: Record<string, string>) {
  const { namespace, labels } = service.metadata;
  return {
    namespace,
    labels: { ...labels, ...ownLabels, ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}) },
    annotations: { [TRIGGER_TIME]: toTimestamp(lastTriggerMs(service, backends)) },
  };
}

function lastTriggerMs(service: Service, backends: readonly Backend[]): number {
  const created = Date.parse(service.metadata.creationTimestamp ?? '') || 0;
  return Math.max(created, ...backends.map(({ pod }) => readySinceMs(pod) ?? 0));
}

/** What both kinds say about a pod. Its host name, which DNS knows under the Service's, only where it has a subdomain. */
export function podReference({ metadata: { name, namespace, uid }, spec }: Pod, { metadata }: Service) {
  return {
    ...(spec?.hostname && spec.subdomain === metadata.name ? { hostname: spec.hostname } : {}),
    nodeName: spec?.nodeName,
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function backendPort(servicePort: ServicePort, pod: Pod): BackendPort[] {
  const { name, appProtocol, protocol = 'TCP' } = servicePort;
  const port = containerPort(servicePort.targetPort ?? servicePort.port, protocol, pod);
  if (port === undefined) return [];
  return [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }];
}

function containerPort(target: number | string, protocol: string, pod: Pod): number | undefined {
  if (typeof target === 'number') return target;
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

function compareAddresses(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
