import { toTimestamp } from '../../lib/clock.ts';
import type { AnyKind } from '../objects/kinds/kind.ts';
import { notFound } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import type { ContainerUsage, PodUsage } from './node-proxy.ts';
import { representList, representObject } from './representation.ts';
import { parseSelection } from './selection.ts';
import type { VirtualResource } from './virtual-resources.ts';

const nameColumn = { name: 'Name', format: 'name', cell: ({ metadata }: KubeObject) => metadata.name ?? '' } as const;

function metrics(
  definition: { kind: string; resource: string; singular: string; namespaced: boolean },
  usages: (call: ApiCall) => KubeObject[],
): VirtualResource {
  const kind: AnyKind = {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    ...definition,
    verbs: ['get', 'list'],
    columns: [nameColumn],
  };
  return {
    kind,
    verbs: {
      get(call) {
        const { name = '', namespace } = call.target;
        const found = usages(call).find(
          ({ metadata }) => metadata.name === name && (!definition.namespaced || metadata.namespace === namespace),
        );
        if (!found) throw notFound({ group: kind.group, resource: kind.resource }, name);
        return { type: 'object', code: 200, object: representObject(call, found) };
      },
      list(call) {
        const items = usages(call).filter(parseSelection(call));
        const metadata = { resourceVersion: String(call.context.store.revision) };
        return { type: 'object', code: 200, object: representList(call, items, metadata) };
      },
    },
  };
}

/** What a metrics server answers, for `kubectl top` and autoscalers. */
export const metricsResources: readonly VirtualResource[] = [
  metrics({ kind: 'NodeMetrics', resource: 'nodes', singular: '', namespaced: false }, ({ context }) =>
    (context.nodeProxy()?.nodeUsage() ?? []).map((node) => ({
      ...measured('NodeMetrics', { name: node.name }, node),
      usage: usageOf(node),
    })),
  ),
  metrics({ kind: 'PodMetrics', resource: 'pods', singular: '', namespaced: true }, ({ context }) =>
    (context.nodeProxy()?.podUsage() ?? []).map((pod) => ({
      ...measured('PodMetrics', { name: pod.name, namespace: pod.namespace, labels: pod.labels }, pod),
      containers: pod.containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
    })),
  ),
];

function measured(
  kind: string,
  metadata: KubeObject['metadata'],
  { timestampMs, windowMs }: Pick<PodUsage, 'timestampMs' | 'windowMs'>,
): KubeObject & { timestamp: string; window: string } {
  const timestamp = toTimestamp(timestampMs);
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { ...metadata, creationTimestamp: timestamp },
    timestamp,
    window: `${(windowMs / 1000).toFixed(3)}s`,
  };
}

function usageOf({ cpuNanoCores, workingSetBytes }: Omit<ContainerUsage, 'name'>): { cpu: string; memory: string } {
  return { cpu: `${Math.round(cpuNanoCores)}n`, memory: `${Math.round(workingSetBytes / 1024)}Ki` };
}
