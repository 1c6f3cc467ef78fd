import { toTimestamp } from '../../../lib/clock.ts';
import { applyConflict, badRequest } from '../status-error.ts';
import type { KubeObject } from '../types.ts';
import { fieldValues, itemSegment, pathText, splitPath } from './field-set.ts';
import { isObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import { isSame, readManagedFields, writeManagedFields } from './managed-fields.ts';
import type { FieldManager, Ownership } from './managed-fields.ts';
import { isAtomicMap, isSet, listKeys } from './merge-keys.ts';

export interface ApplyOptions {
  /** The request's `fieldManager`. */
  manager: string;
  /** Takes over fields that others own. */
  force: boolean;
  nowMs: number;
  subresource?: string;
}

/** A field that somebody else owns and holds another value of. */
interface Conflict {
  owner: Ownership;
  path: string;
}

/**
 * Server-side apply: merges `applied` into `live`, removes what this manager applied before and now leaves out,
 * and records who owns what. Changes neither argument; the result still needs its defaults.
 * @param live undefined when the object does not exist yet
 * @throws StatusError BadRequest when `applied` brings owners of its own, Conflict with one cause per field that others own, unless `force`
 */
export function serverSideApply(live: KubeObject | undefined, applied: KubeObject, options: ApplyOptions): KubeObject {
  if (applied.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  const writer: FieldManager = {
    manager: options.manager,
    operation: 'Apply',
    ...(options.subresource && { subresource: options.subresource }),
  };
  const wanted = fieldValues(applied);
  const owners = live ? readManagedFields(live.metadata) : [];
  const own = owners.find((owner) => isSame(owner, writer));
  const others = owners.filter((owner) => owner !== own);
  const conflicts = live ? findConflicts(wanted, fieldValues(live), others) : [];
  const refused = options.manager === 'kubectl' && live ? conflicts.filter(notAppliedBefore(live)) : conflicts;
  if (refused.length > 0 && !options.force) throw conflictError(refused);
  for (const { owner, path } of conflicts) owner.fields.delete(path);

  const result = structuredClone(mergeApplied(live ?? {}, applied, '', '')) as KubeObject;
  const dropped = [...(own?.fields ?? [])].filter(
    (path) => !wanted.has(path) && !others.some(({ fields }) => fields.has(path)),
  );
  removeFields(result, dropped, others);

  const fields = new Set(wanted.keys());
  const isUnchanged = own?.fields.size === fields.size && [...fields].every((path) => own.fields.has(path));
  const time = isUnchanged ? own.time : toTimestamp(options.nowMs);
  const entry: Ownership = { ...writer, apiVersion: applied.apiVersion, ...(time && { time }), fields };
  writeManagedFields(
    result.metadata,
    own ? owners.map((owner) => (owner === own ? entry : owner)) : [...owners, entry],
  );
  return result;
}

function findConflicts(wanted: Map<string, string>, live: Map<string, string>, others: Ownership[]): Conflict[] {
  return [...wanted]
    .filter(([path, value]) => live.has(path) && live.get(path) !== value)
    .flatMap(([path]) => others.filter(({ fields }) => fields.has(path)).map((owner) => ({ owner, path })));
}

/**
 * kubectl may take over without force what it applied from the client's side before: the fields that the annotation
 * remembers.
 */
function notAppliedBefore(live: KubeObject): (conflict: Conflict) => boolean {
  const remembered = parseObject(live.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']);
  const applied = fieldValues(remembered);
  return ({ path }) => !applied.has(path);
}

function parseObject(json: string | undefined): object {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function conflictError(conflicts: Conflict[]) {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${ownerText(owner)}`,
    field: pathText(path),
  }));
  const [first] = causes;
  if (first && causes.length === 1) {
    return applyConflict(`Apply failed with 1 conflict: ${first.message}: ${first.field}`, causes);
  }
  const byOwner = Map.groupBy(conflicts, ({ owner }) => ownerText(owner));
  const lines = [...byOwner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([owner, list]) => [`conflicts with ${owner}:`, ...list.map(({ path }) => `- ${pathText(path)}`)]);
  return applyConflict(`Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, causes);
}

function ownerText({ manager, operation, apiVersion, subresource }: Ownership): string {
  const name = subresource ? `"${manager}" with subresource "${subresource}"` : `"${manager}"`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function mergeApplied(live: unknown, applied: unknown, parent: string, field: string): unknown {
  if (isObject(applied)) {
    if (!isObject(live) || isAtomicMap(field)) return applied;
    const result: JsonObject = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      if (value !== null && key !== '__proto__') result[key] = mergeApplied(live[key], value, field, key);
    }
    return result;
  }
  if (!Array.isArray(applied) || !Array.isArray(live)) return applied;
  if (isSet(parent, field)) return [...new Set([...(live as unknown[]), ...(applied as unknown[])])];
  const keys = listKeys(parent, field)?.apply;
  if (!keys || ![...live, ...applied].every(isObject)) return applied;
  const merged = new Map((live as JsonObject[]).map((item) => [itemSegment(item, keys), item]));
  for (const item of applied as JsonObject[]) {
    const id = itemSegment(item, keys);
    merged.set(id, mergeApplied(merged.get(id), item, parent, field) as JsonObject);
  }
  return [...merged.values()];
}

/** Takes fields out of `object`, in place. Items of lists go when nobody else has a part in them. */
function removeFields(object: KubeObject, paths: string[], others: Ownership[]): void {
  // Items first: with the item all of its fields are gone, defaults included.
  for (const path of paths.toSorted((a, b) => Number(b.endsWith('.')) - Number(a.endsWith('.')))) {
    const segments = splitPath(path);
    if (segments.at(-1) === '.') {
      const inItem = path.slice(0, -1);
      const isShared = others.some(({ fields }) => [...fields].some((field) => field.startsWith(inItem)));
      if (!isShared) removeAt(object, segments.slice(0, -1), '', '');
    } else if (!isKeyOfItem(segments)) {
      removeAt(object, segments, '', '');
    }
  }
}

/** Removes one field; maps and lists that become empty by it go, too. Answers whether `container` is empty now. */
function removeAt(container: unknown, [segment, ...rest]: string[], parent: string, field: string): boolean {
  if (segment === undefined) return false;
  if (Array.isArray(container)) {
    const index = container.findIndex((item) => isItem(item, segment, parent, field));
    if (index === -1) return false;
    if (rest.length === 0 || removeAt(container[index], rest, parent, field)) container.splice(index, 1);
    return container.length === 0;
  }
  const key = segment.slice(2);
  if (!isObject(container) || !Object.hasOwn(container, key)) return false;
  if (rest.length === 0 || removeAt(container[key], rest, field, key)) delete container[key];
  return Object.keys(container).length === 0;
}

function isItem(item: unknown, segment: string, parent: string, field: string): boolean {
  if (segment.startsWith('v:')) return JSON.stringify(item) === segment.slice(2);
  const keys = listKeys(parent, field)?.apply;
  return isObject(item) && keys !== undefined && itemSegment(item, keys) === segment;
}

/** Whether the path ends in a field by which its list item is known; that one stays as long as the item does. */
function isKeyOfItem(segments: string[]): boolean {
  const [item = '', leaf = ''] = segments.slice(-2);
  return item.startsWith('k:') && Object.hasOwn(JSON.parse(item.slice(2)) as object, leaf.slice(2));
}
