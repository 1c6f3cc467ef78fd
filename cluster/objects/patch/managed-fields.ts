import { toTimestamp } from '../../../lib/clock.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import { fieldValues, fromFieldsV1, toFieldsV1 } from './field-set.ts';
import type { JsonObject } from './json-object.ts';

/** Who writes: `kubectl-set` by an update, or `kubectl` by server-side apply. */
export interface FieldManager {
  manager: string;
  operation: 'Update' | 'Apply';
  subresource?: string;
}

/** One manager and the fields it owns. */
export interface Ownership extends FieldManager {
  apiVersion: string;
  time?: string;
  fields: Set<string>;
}

/** Managers of updates beyond this many are folded into one, as on the real server. */
const MAX_UPDATE_MANAGERS = 10;
const FOLDED_MANAGER = 'ancient-changes';

export function readManagedFields(metadata: ObjectMeta): Ownership[] {
  return (metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== undefined && entry.fieldsV1 !== undefined)
    .map((entry) => ({
      manager: entry.manager ?? '',
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: entry.apiVersion ?? '',
      ...(entry.subresource && { subresource: entry.subresource }),
      ...(entry.time && { time: entry.time }),
      fields: fromFieldsV1(entry.fieldsV1 as JsonObject),
    }));
}

/** Writes the owners back; those who own nothing any more are left out. */
export function writeManagedFields(metadata: ObjectMeta, owners: readonly Ownership[]): void {
  const entries = fold(owners.filter(({ fields }) => fields.size > 0)).map(
    ({ manager, operation, apiVersion, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource && { subresource }),
    }),
  );
  if (entries.length > 0) metadata.managedFields = entries;
  else delete metadata.managedFields;
}

/**
 * Records an update in `updated.metadata.managedFields`: what it changed now belongs to `writer`, and to nobody else.
 * An update that changes nothing leaves the record as it was.
 * @param live the object before, undefined for a new one
 * @param updated the object after, with its defaults; changed in place. Owners that the request itself set are kept
 */
export function trackUpdate(
  live: KubeObject | undefined,
  updated: KubeObject,
  writer: Omit<FieldManager, 'operation'>,
  nowMs: number,
): void {
  const before = live ? fieldValues(live) : new Map<string, string>();
  const after = fieldValues(updated);
  const changed = new Set([...after].filter(([path, value]) => before.get(path) !== value).map(([path]) => path));
  const source = updated.metadata.managedFields === undefined && live ? live.metadata : updated.metadata;
  const owners = readManagedFields(source);
  const self = { ...writer, operation: 'Update' as const };
  for (const owner of owners) {
    for (const path of owner.fields) {
      if (!after.has(path) || (changed.has(path) && !isSame(owner, self))) owner.fields.delete(path);
    }
  }
  if (changed.size > 0) {
    const own = owners.find((owner) => isSame(owner, self) && owner.apiVersion === updated.apiVersion);
    const entry = own ?? { ...self, apiVersion: updated.apiVersion, fields: new Set<string>() };
    if (!own) owners.push(entry);
    for (const path of changed) entry.fields.add(path);
    entry.time = toTimestamp(nowMs);
  }
  writeManagedFields(updated.metadata, owners);
}

export function isSame(a: FieldManager, b: FieldManager): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

function fold(owners: Ownership[]): Ownership[] {
  const updates = owners.filter(({ operation }) => operation === 'Update');
  const surplus = updates.slice(0, Math.max(0, updates.length - MAX_UPDATE_MANAGERS + 1));
  const [first] = surplus;
  if (!first || surplus.length === 1) return owners;
  const folded = {
    ...first,
    manager: FOLDED_MANAGER,
    fields: new Set(surplus.flatMap(({ fields }) => [...fields])),
  };
  return [folded, ...owners.filter((owner) => !surplus.includes(owner))];
}
