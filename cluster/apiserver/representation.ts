import type { AnyKind } from '../objects/kinds/kind.ts';
import { StatusError } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { parseAccept, type Representation } from './accept.ts';
import { toTable, type IncludeObject } from './tables.ts';

/** @throws StatusError NotAcceptable */
export function representationOf({ request }: ApiCall, isWatch = false): Representation {
  return parseAccept(request.headers['accept'], { isWatch }).representation;
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
    case 'metadata-list':
      throw mismatched('PartialObjectMetadataList', 'is not a list', call.kind, call.kind.kind);
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

/**
 * A list in the form that the client asked for.
 * Differs: each item says its kind and apiVersion, which a real server leaves out; kubectl fills them in and shows no
 * difference.
 */
export function representList(call: ApiCall, items: readonly KubeObject[], metadata: ListMeta): object {
  switch (representationOf(call)) {
    case 'table':
      return toTable(call.kind, items, {
        nowMs: call.context.clock.now(),
        includeObject: includeObjectOf(call),
        metadata,
      });
    case 'metadata':
      throw mismatched('PartialObjectMetadata', 'is a list', call.kind, `${call.kind.kind}List`);
    case 'metadata-list':
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

function mismatched(asked: string, fact: string, { group }: AnyKind, goType: string): StatusError {
  const type = `*${packageOf(group)}.${goType}`;
  return new StatusError(406, 'NotAcceptable', `you requested ${asked}, but the requested object ${fact} (${type})`);
}

/** Where Kubernetes keeps the types of a group, which messages show. */
export function packageOf(group: string): string {
  return group === 'events.k8s.io' ? 'core' : group.split('.')[0] || 'core';
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
