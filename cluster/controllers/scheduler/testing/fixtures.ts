/** For tests: nodes, pods and what the scheduler sees of them. */
import type { Node, Pod, StorageClass } from '../../../objects/types.ts';
import type { ClusterView } from '../cluster-view.ts';

type Spec = NonNullable<Pod['spec']>;

export function node(name: string, spec: Node['spec'] = {}, allocatable: Record<string, string> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec,
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110', ...allocatable } },
  };
}

/** A node with labels beside that of its name. */
export function labelledNode(name: string, labels: Record<string, string>): Node {
  const { metadata, ...rest } = node(name);
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
}

export function pod(spec: Partial<Spec> = {}, requests: Record<string, string> = {}): Pod {
  const containers = [{ name: 'app', resources: { requests } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers, ...spec } };
}

/** A pod that is told from others by its name, with a label of that name. */
export function namedPod(name: string, spec: Partial<Spec> = {}, requests: Record<string, string> = {}): Pod {
  return { ...pod(spec, requests), metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { app: name } } };
}

const localPath: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-path' },
  provisioner: 'rancher.io/local-path',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** @param pods by node */
export function viewOf(
  nodes: readonly Node[],
  pods: Readonly<Record<string, readonly Pod[]>> = {},
  rest: Partial<ClusterView> = {},
): ClusterView {
  return {
    nodes,
    podsOn: (name) => pods[name] ?? [],
    namespaceLabels: (name) => ({ 'kubernetes.io/metadata.name': name }),
    claim: () => undefined,
    volume: () => undefined,
    volumes: () => [],
    storageClass: (name) => (name === 'local-path' ? localPath : undefined),
    nominatedTo: () => [],
    victimsOf: () => [],
    selectorsOf: () => [],
    budgets: [],
    ...rest,
  };
}
