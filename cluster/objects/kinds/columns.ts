import { humanDuration } from '../duration.ts';
import { selectorText } from '../selector.ts';
import type { KubeObject, LabelSelector, PodTemplateSpec } from '../types.ts';
import type { Column } from './kind.ts';

export const nameColumn: Column = {
  name: 'Name',
  format: 'name',
  cell: (object) => object.metadata.name ?? '',
};

export const ageColumn: Column = {
  name: 'Age',
  cell: (object, nowMs) => age(object.metadata.creationTimestamp, nowMs),
};

export const createdAtColumn: Column = {
  name: 'Created At',
  cell: (object) => object.metadata.creationTimestamp ?? '',
};

/** How long ago a timestamp of the API was, as kubectl prints it. */
export function age(timestamp: string | null | undefined, nowMs: number): string {
  return timestamp ? humanDuration(nowMs - Date.parse(timestamp)) : '<unknown>';
}

export function orNone(text: string | undefined): string {
  return text ? text : '<none>';
}

/** At most three items, then how many more there are. */
export function firstThree(items: readonly string[]): string {
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}

type Workload = KubeObject & { spec?: { selector?: LabelSelector; template?: PodTemplateSpec } };

type Replicated = KubeObject & { spec?: { replicas?: number }; status?: { replicas?: number; readyReplicas?: number } };

/** How many replicas are wanted, there and ready: what ReplicaSets and ReplicationControllers count. */
export const replicaColumns: readonly Column<Replicated>[] = [
  { name: 'Desired', type: 'integer', cell: ({ spec }) => spec?.replicas ?? 0 },
  { name: 'Current', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
  { name: 'Ready', type: 'integer', cell: ({ status }) => status?.readyReplicas ?? 0 },
];

/** The wide columns that Deployments and ReplicaSets share. */
export const workloadColumns: readonly Column<Workload>[] = [
  {
    name: 'Containers',
    wide: true,
    cell: ({ spec }) =>
      containersOf(spec)
        .map(({ name }) => name)
        .join(','),
  },
  {
    name: 'Images',
    wide: true,
    cell: ({ spec }) =>
      containersOf(spec)
        .map(({ image }) => image ?? '')
        .join(','),
  },
  { name: 'Selector', wide: true, cell: ({ spec }) => selectorText(spec?.selector) },
];

function containersOf(spec: Workload['spec']) {
  return spec?.template?.spec?.containers ?? [];
}

const SHORT_MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Access modes of volumes in the server's order: `RWO,ROX`. */
export function accessModesText(modes: readonly string[] = []): string {
  return Object.entries(SHORT_MODES)
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}
