import { isObject } from './json-object.ts';
import { keyDefault, listKeys } from './merge-keys.ts';

/** Where a value lies in an object: names of fields and indexes of items, from the top. */
export type ValuePlace = readonly (string | number)[];

/** A place as server-side apply tells it, items by their keys: `.spec.template.spec.containers[name="web"].image`. */
export function placeText(object: object, place: ValuePlace): string {
  let [text, parent, field] = ['', '', ''];
  let node: unknown = object;
  for (const step of place) {
    node = (node as Record<string | number, unknown> | undefined)?.[step];
    if (typeof step === 'number') {
      const keys = isObject(node) ? listKeys(parent, field)?.apply : undefined;
      text += `[${keys && isObject(node) ? keyTexts(node, keys) : step}]`;
    } else {
      [parent, field] = [field, step];
      text += `.${step}`;
    }
  }
  return text;
}

function keyTexts(item: Record<string, unknown>, keys: readonly string[]): string {
  return keys.map((key) => `${key}=${JSON.stringify(item[key] ?? keyDefault(key))}`).join(',');
}
