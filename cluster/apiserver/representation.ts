import type { AnyKind } from '../objects/kinds/kind.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { toTable, type IncludeObject } from './tables.ts';

/** The form in which the client wants objects: as they are, as rows of a table, or their metadata only. */
export type Representation = 'plain' | 'table' | 'metadata';

/**
 * Reads the `Accept` header; the first form that the server has wins.
 * Differs: answers are JSON also for who would rather have protobuf or YAML. kubectl and the client libraries, which name
 * JSON as well, do not show it.
 */
export function parseAccept(accept: string | undefined): Representation {
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json') continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (as === 'Table') return 'table';
    if (as?.startsWith('PartialObjectMetadata')) return 'metadata';
    if (as === undefined) return 'plain';
  }
  return 'plain';
}

export function representationOf({ request }: ApiCall): Representation {
  return parseAccept(request.headers['accept']);
}

/** One object in the form that the client asked for. */
export function representObject(call: ApiCall, object: KubeObject): object {
  switch (representationOf(call)) {
    case 'table':
      return toTable(call.kind, [object], {
        nowMs: call.context.clock.now(),
        includeObject: includeObjectOf(call),
        metadata: { resourceVersion: object.metadata.resourceVersion },
      });
    case 'metadata':
      return toPartial(object);
    case 'plain':
      return servedAs(call.kind, object);
  }
}

/** An object in the version that was asked for, which may not be the one that is stored. */
export function servedAs({ conversion }: AnyKind, object: KubeObject): KubeObject {
  return conversion?.fromStored(object) ?? object;
}

/** Which version a list shows, and where it goes on if this is not all of it. */
export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** A list in the form that the client asked for. */
export function representList(call: ApiCall, items: readonly KubeObject[], metadata: ListMeta): object {
  switch (representationOf(call)) {
    case 'table':
      return toTable(call.kind, items, {
        nowMs: call.context.clock.now(),
        includeObject: includeObjectOf(call),
        metadata,
      });
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: items.map(toPartial),
      };
    case 'plain':
      return {
        kind: `${call.kind.kind}List`,
        apiVersion: apiVersionOf(call.kind),
        metadata,
        items: call.kind.conversion ? items.map((item) => servedAs(call.kind, item)) : items,
      };
  }
}

export function apiVersionOf(kind: Pick<AnyKind, 'group' | 'version'>): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version;
}

export function includeObjectOf({ request }: ApiCall): IncludeObject {
  const value = request.query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

export function toPartial({ metadata }: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
