import { notAnObject } from '../go-json.ts';
import { goText } from '../go-text.ts';
import { canonicalJson } from '../hash.ts';
import { badRequest, plainError, type StatusError } from '../status-error.ts';
import { isObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import { isSet, listKeys } from './merge-keys.ts';

const DELETE_FROM = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';
const RETAIN_KEYS = '$retainKeys';

/**
 * Strategic merge patch: as JSON merge, but lists whose items have a key merge item by item.
 * Understands `$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…` and `$retainKeys`. Changes neither argument.
 * @throws StatusError BadRequest for what is no map; one without a reason for a list item without its key or an unknown
 *   `$patch`, as the real server does not foresee them
 */
export function strategicMerge<T>(current: T, patch: unknown): T {
  const problem = notAnObject(patch, 'map[string]interface {}');
  if (problem) throw badRequest(problem);
  return mergeMap(isObject(current) ? current : {}, isObject(patch) ? patch : {}, '') as T;
}

function mergeMap(current: JsonObject, patch: JsonObject, parent: string): JsonObject {
  const directive = patch.$patch;
  if (directive === 'replace') return mergeMap({}, withoutKey(patch, '$patch'), parent);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(patch);
  const result = retain(current, patch[RETAIN_KEYS]);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) removeFrom(result, key.slice(DELETE_FROM.length), value);
    else if (key.startsWith(ELEMENT_ORDER)) orderOnly(result, patch, key.slice(ELEMENT_ORDER.length), value, parent);
    else if (key === '$patch' || key === RETAIN_KEYS || key === '__proto__') continue;
    else if (value === null) delete result[key];
    else result[key] = mergeValue(result[key], value, parent, key, patch[`${ELEMENT_ORDER}${key}`]);
  }
  return result;
}

function unknownDirective(patch: JsonObject): StatusError {
  return plainError(`unknown patch type: ${goText(patch.$patch)} in map: ${goText(patch)}`);
}

function mergeValue(current: unknown, patch: unknown, parent: string, field: string, order: unknown): unknown {
  if (isObject(patch)) return mergeMap(isObject(current) ? current : {}, patch, field);
  if (!Array.isArray(patch)) return patch;
  const before = Array.isArray(current) ? (current as unknown[]) : [];
  if (isSet(parent, field)) {
    const merged = [...new Set([...before, ...(patch as unknown[])])];
    return sortByOrder(merged, before, order ?? patch, (item) => item);
  }
  const key = listKeys(parent, field)?.merge;
  if (key === undefined) return structuredClone(patch) as unknown;
  refuseMixed(before, patch);
  if (patch.some((item) => !isObject(item))) return structuredClone(patch) as unknown;
  const items = patch as JsonObject[];
  // With nothing to merge into, nobody looks at keys.
  if (before.length === 0) return withoutDirectives(items).map((item) => mergeMap({}, item, field));
  return mergeList(before as JsonObject[], items, { key, field, order });
}

/** @throws StatusError without a reason when the items of lists that are to be merged are not all of one type */
function refuseMixed(...lists: readonly (readonly unknown[])[]): void {
  if (new Set(lists.flat().map((item) => (isObject(item) ? 'map' : typeof item))).size > 1) {
    throw plainError(`list element types are not identical: ${goText(lists)}`);
  }
}

/** A list whose items are maps, identified by `key`; `order` is what `$setElementOrder` wants, else the patch's own. */
interface KeyedList {
  key: string;
  field: string;
  order: unknown;
}

function mergeList(current: JsonObject[], patch: JsonObject[], { key, field, order }: KeyedList): JsonObject[] {
  const plain = withoutDirectives(patch);
  refuseOtherOrder(plain, order, key);
  let kept = [...current];
  for (const item of patch.filter((candidate) => '$patch' in candidate)) {
    if (item.$patch === 'replace') return plain.map((one) => mergeMap({}, one, field));
    if (item.$patch !== 'delete') throw unknownDirective(item);
    const id = idOf(item, key);
    kept = kept.filter((candidate) => candidate[key] !== id);
  }
  const merged = [...kept];
  for (const item of plain) {
    const id = idOf(item, key);
    const index = merged.findIndex((candidate) => candidate[key] === id);
    if (index === -1) merged.push(mergeMap({}, item, field));
    else merged[index] = mergeMap(merged[index] as JsonObject, item, field);
  }
  return sortByOrder(merged, current, order ?? plain.map((item) => item[key]), (item) => item[key]);
}

function withoutDirectives(items: readonly JsonObject[]): JsonObject[] {
  return items.filter((item) => !('$patch' in item));
}

function idOf(item: JsonObject, key: string): unknown {
  if (item[key] !== undefined) return item[key];
  throw plainError(`map: ${goText(item)} does not contain declared merge key: ${key}`);
}

/** @throws StatusError without a reason for items that come in another order than `$setElementOrder` names them */
function refuseOtherOrder(items: readonly JsonObject[], order: unknown, key: string): void {
  if (!Array.isArray(order)) return;
  let at = 0;
  for (const entry of order as unknown[]) {
    if (at < items.length && isObject(entry) && entry[key] === items[at]?.[key]) at++;
  }
  if (at === items.length) return;
  const lists = [goText(items), goText(order)];
  throw plainError(
    `The order in patch list:\n${lists.join(`\n doesn't match ${ELEMENT_ORDER.slice(0, -1)} list:\n`)}\n`,
  );
}

/** A patch may do no more than put a list in another order. */
function orderOnly(result: JsonObject, patch: JsonObject, field: string, order: unknown, parent: string): void {
  const list = result[field];
  if (patch[field] !== undefined || !Array.isArray(list)) return;
  const key = listKeys(parent, field)?.merge;
  result[field] = sortByOrder(list, list, order, (item) => (key !== undefined && isObject(item) ? item[key] : item));
}

/**
 * Items that `order` names come in its order; the others, which only the server knows,
 * stay before the named items that they preceded. So what is new comes before all that is left alone.
 */
function sortByOrder<T>(merged: T[], before: T[], order: unknown, idOf: (item: T) => unknown): T[] {
  if (!Array.isArray(order)) return merged;
  const wanted = order.map((entry) => (isObject(entry) ? Object.values(entry)[0] : (entry as unknown)));
  const position = new Map(before.map((item, index) => [idOf(item), index]));
  const named = merged
    .filter((item) => wanted.includes(idOf(item)))
    .sort((a, b) => wanted.indexOf(idOf(a)) - wanted.indexOf(idOf(b)));
  const result: T[] = [];
  for (const item of merged.filter((candidate) => !wanted.includes(idOf(candidate)))) {
    const own = position.get(idOf(item)) ?? Infinity;
    while (named.length > 0 && (position.get(idOf(named[0] as T)) ?? -1) < own) result.push(named.shift() as T);
    result.push(item);
  }
  return [...result, ...named];
}

function removeFrom(result: JsonObject, field: string, values: unknown): void {
  const list = result[field];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  const unwanted = new Set(values.map(canonicalJson));
  result[field] = list.filter((item) => !unwanted.has(canonicalJson(item)));
}

function retain(current: JsonObject, keys: unknown): JsonObject {
  if (!Array.isArray(keys)) return { ...current };
  return Object.fromEntries(Object.entries(current).filter(([key]) => keys.includes(key)));
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
