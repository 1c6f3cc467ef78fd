import type { Baseline } from '../baseline.ts';
import type { Container, Deployment, EndpointSlice, Pod, ReplicaSet, Service, State } from '../state.ts';

/** A container as CloudMart's manifests write it. */
export function container(name: string, changes: Partial<Container> = {}): Container {
  return {
    name,
    image: `${name}:latest`,
    ports: [{ name: 'http', containerPort: 3000 }],
    env: [{ name: 'PORT', value: '3000' }],
    resources: { limits: { cpu: '500m', memory: '128Mi' } },
    livenessProbe: { httpGet: { path: '/healthz', port: 3000 }, periodSeconds: 10, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: 3000 }, periodSeconds: 2, failureThreshold: 3 },
    ...changes,
  };
}

export function deployment(name: string, changes: Partial<Container> = {}): Deployment {
  return {
    metadata: { name, uid: `deployment-${name}`, generation: 1 },
    spec: {
      replicas: 1,
      template: { metadata: { labels: { app: name } }, spec: { containers: [container(name, changes)] } },
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  };
}

export function replicaSet(name: string): ReplicaSet {
  return {
    metadata: {
      name: `${name}-1`,
      uid: `set-${name}`,
      ownerReferences: [{ kind: 'Deployment', name, uid: `deployment-${name}` }],
    },
    spec: { replicas: 1 },
  };
}

/** A pod that runs and is ready. */
export function pod(name: string, suffix = 'a'): Pod {
  return {
    metadata: {
      name: `${name}-1-${suffix}`,
      uid: `pod-${name}-${suffix}`,
      labels: { app: name },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-1`, uid: `set-${name}` }],
    },
    spec: { containers: [container(name)] },
    status: {
      phase: 'Running',
      containerStatuses: [{ name, ready: true, restartCount: 0, state: { running: {} }, imageID: `sha256:${name}` }],
    },
  };
}

export function service(name: string, port = 3000): Service {
  return {
    metadata: { name, uid: `service-${name}` },
    spec: { selector: { app: name }, ports: [{ port, targetPort: port }] },
  };
}

export function endpointSlice(serviceName: string, pods: readonly string[]): EndpointSlice {
  return {
    metadata: {
      name: `${serviceName}-x`,
      uid: `slice-${serviceName}`,
      labels: { 'kubernetes.io/service-name': serviceName },
    },
    endpoints: pods.map((name) => ({
      addresses: ['10.42.0.1'],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name },
    })),
  };
}

/** A namespace in which each of the named components is well. */
export function healthyState(...names: string[]): State {
  return {
    deployments: names.map((name) => deployment(name)),
    replicaSets: names.map(replicaSet),
    pods: names.map((name) => pod(name)),
    services: names.map((name) => service(name)),
    endpointSlices: names.map((name) => endpointSlice(name, [`${name}-1-a`])),
    cronJobs: [],
  };
}

export function baselineOf(...names: string[]): Baseline {
  return {
    takenAt: '2026-11-20T16:00:00Z',
    deployments: names.map((name) => ({
      name,
      replicas: 1,
      template: { containers: [container(name)] },
      imageIds: [`sha256:${name}`],
    })),
    services: names.map((name) => ({ name, type: 'ClusterIP', ports: [3000] })),
    cronJobs: [],
    prices: { laptop: 99_900 },
    canaries: [{ id: 'order-1', totalCents: 99_900 }],
  };
}
