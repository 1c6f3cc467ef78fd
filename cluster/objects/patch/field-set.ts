import { canonicalJson } from '../hash.ts';
import { isObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import { isAtomicMap, isSet, keyDefault, listKeys } from './merge-keys.ts';

/**
 * Fields of an object as paths, the way `managedFields` writes them: `f:spec`, `f:containers`,
 * `k:{"name":"web"}`, `f:image`. A path is its segments joined by NUL, so that sets of fields are sets of text.
 */
const SEPARATOR = '\0';

/** Metadata that the server keeps; nobody owns it. */
const UNOWNED = new Set([
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'selfLink',
  'managedFields',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);

/** Every field of the object that can have an owner, with its value as canonical JSON. */
export function fieldValues(object: object): Map<string, string> {
  const values = new Map<string, string>();
  for (const [field, value] of Object.entries(object)) {
    if (field === 'apiVersion' || field === 'kind') continue;
    if (field === 'metadata') collectMap(ownedMetadata(value as JsonObject), field, `f:metadata${SEPARATOR}`, values);
    else collect(value, '', field, `f:${field}`, values);
  }
  return values;
}

function ownedMetadata(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !UNOWNED.has(field)));
}

function collectMap(map: JsonObject, parent: string, prefix: string, values: Map<string, string>): void {
  for (const field of Object.keys(map)) collect(map[field], parent, field, `${prefix}f:${field}`, values);
}

function collect(value: unknown, parent: string, field: string, path: string, values: Map<string, string>): void {
  if (value === undefined) return;
  if (isObject(value) && !isAtomicMap(field) && Object.keys(value).length > 0) {
    collectMap(value, field, `${path}${SEPARATOR}`, values);
    return;
  }
  if (Array.isArray(value) && isSet(parent, field)) {
    for (const item of value) values.set(`${path}${SEPARATOR}v:${JSON.stringify(item)}`, '');
    return;
  }
  const keys = listKeys(parent, field)?.apply;
  if (!Array.isArray(value) || !keys || value.length === 0 || !value.every(isObject)) {
    values.set(path, canonicalJson(value));
    return;
  }
  for (const item of value) {
    const prefix = `${path}${SEPARATOR}${itemSegment(item, keys)}${SEPARATOR}`;
    values.set(`${prefix}.`, '');
    collectMap(item, field, prefix, values);
  }
}

/** How `managedFields` names a list item: by its keys, sorted, with the server's defaults. */
export function itemSegment(item: JsonObject, keys: readonly string[]): string {
  return `k:${canonicalJson(Object.fromEntries(keys.map((key) => [key, item[key] ?? keyDefault(key)])))}`;
}

export function splitPath(path: string): string[] {
  return path.split(SEPARATOR);
}

/** A path as messages show it: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: string): string {
  return splitPath(path)
    .map((segment) => {
      if (segment.startsWith('f:')) return `.${segment.slice(2)}`;
      if (segment.startsWith('v:')) return `[=${segment.slice(2)}]`;
      if (!segment.startsWith('k:')) return '';
      const keys = Object.entries(JSON.parse(segment.slice(2)) as JsonObject);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

/** The nested form that travels, `fieldsV1`. */
export function toFieldsV1(paths: Iterable<string>): JsonObject {
  const root: JsonObject = {};
  for (const path of [...paths].sort()) {
    let node = root;
    for (const segment of splitPath(path)) node = (node[segment] ??= {}) as JsonObject;
  }
  return root;
}

/** Reads `fieldsV1` back into `paths`; what has no members, and what says `.`, is a field of its own. */
export function fromFieldsV1(node: JsonObject, prefix = '', paths = new Set<string>()): Set<string> {
  for (const [segment, inner] of Object.entries(node)) {
    const path = `${prefix}${segment}`;
    if (!isObject(inner) || Object.keys(inner).length === 0) paths.add(path);
    else fromFieldsV1(inner, `${path}${SEPARATOR}`, paths);
  }
  return paths;
}
