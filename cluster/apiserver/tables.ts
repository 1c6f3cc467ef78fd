import type { AnyKind, Column } from '../objects/kinds/kind.ts';
import type { KubeObject } from '../objects/types.ts';

/** What a row carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** Ages are counted up to here, milliseconds since the epoch. */
  nowMs: number;
  includeObject: IncludeObject;
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  /** A watch gives the columns once only, or clients print their heads with each row. */
  withoutColumns?: boolean;
}

/** The `meta.k8s.io/v1` Table that `kubectl get` prints as it is. */
export function toTable(kind: AnyKind, objects: readonly KubeObject[], options: TableOptions): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.withoutColumns ? [] : kind.columns.map(toDefinition),
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, options.nowMs)),
      object: rowObject(kind.conversion?.fromStored(object) ?? object, options.includeObject),
    })),
  };
}

function toDefinition(column: Column): object {
  return {
    name: column.name,
    type: column.type ?? 'string',
    format: column.format ?? '',
    description: '',
    priority: column.wide ? 1 : 0,
  };
}

function rowObject(object: KubeObject, include: IncludeObject): object | undefined {
  if (include === 'None') return undefined;
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
