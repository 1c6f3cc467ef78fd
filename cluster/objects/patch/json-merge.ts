import { isObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';

/** JSON merge patch (RFC 7386): maps merge, null removes, anything else replaces. Changes neither argument. */
export function jsonMerge(current: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return structuredClone(patch);
  const result: JsonObject = isObject(current) ? { ...current } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else define(result, key, jsonMerge(result[key], value));
  }
  return result;
}

/** Sets an own property even when the key is `__proto__`, which plain assignment would not. */
function define(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
