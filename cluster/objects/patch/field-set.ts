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
  'apiVersion',
  'kind',
  ...['name', 'namespace', 'generateName', 'uid', 'resourceVersion', 'generation', 'selfLink', 'managedFields'].map(
    (field) => `metadata/${field}`,
  ),
  ...['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'].map((field) => `metadata/${field}`),
]);

/** Every field of the object that can have an owner, with its value as canonical JSON. */
export function fieldValues(object: object): Map<string, string> {
  const values = new Map<string, string>();
  collectMap(object as JsonObject, '', [], values);
  return values;
}

function collectMap(map: JsonObject, parent: string, path: string[], values: Map<string, string>): void {
  for (const [field, value] of Object.entries(map)) {
    if (value === undefined) continue;
    if (path.length < 2 && UNOWNED.has(path.length === 0 ? field : `${parent}/${field}`)) continue;
    collect(value, parent, field, [...path, `f:${field}`], values);
  }
}

function collect(value: unknown, parent: string, field: string, path: string[], values: Map<string, string>): void {
  if (isObject(value) && !isAtomicMap(field) && Object.keys(value).length > 0) {
    collectMap(value, field, path, values);
    return;
  }
  if (Array.isArray(value) && isSet(parent, field)) {
    for (const item of value) values.set([...path, `v:${JSON.stringify(item)}`].join(SEPARATOR), '');
    return;
  }
  const keys = listKeys(parent, field)?.apply;
  if (!Array.isArray(value) || !keys || value.length === 0 || !value.every(isObject)) {
    values.set(path.join(SEPARATOR), canonicalJson(value));
    return;
  }
  for (const item of value) {
    const itemPath = [...path, itemSegment(item, keys)];
    values.set([...itemPath, '.'].join(SEPARATOR), '');
    collectMap(item, field, itemPath, values);
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

/** Reads `fieldsV1` back; what has no members, and what says `.`, is a field of its own. */
export function fromFieldsV1(node: JsonObject, path: string[] = []): Set<string> {
  const paths = new Set<string>();
  for (const [segment, inner] of Object.entries(node)) {
    const here = [...path, segment];
    if (!isObject(inner) || Object.keys(inner).length === 0) paths.add(here.join(SEPARATOR));
    else for (const deeper of fromFieldsV1(inner, here)) paths.add(deeper);
  }
  return paths;
}
