/** A field's type, taken apart. `model` names another model, `plain` a JSON type. */
export type FieldType =
  | { shape: 'list'; of: FieldType }
  | { shape: 'map'; of: FieldType }
  | { shape: 'model'; name: string }
  | { shape: 'plain'; type: 'string' | 'number' | 'boolean' | 'any' | 'int-or-string' };

/** Reads the generator's notation: `Array<T>`, `{ [key: string]: T; }`, a model's name or a plain type. */
export function parseFieldType(text: string): FieldType {
  const list = /^Array<(.*)>$/.exec(text);
  if (list) return { shape: 'list', of: parseFieldType(list[1]!) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(text);
  if (map) return { shape: 'map', of: parseFieldType(map[1]!) };
  if (/^(string|number|boolean)$/.test(text)) {
    return { shape: 'plain', type: text as 'string' | 'number' | 'boolean' };
  }
  if (text === 'Date' || text === 'V1MicroTime') return { shape: 'plain', type: 'string' };
  if (text === 'IntOrString') return { shape: 'plain', type: 'int-or-string' };
  if (/^([A-Z][A-Za-z]*)?V\d/.test(text)) return { shape: 'model', name: text };
  return { shape: 'plain', type: 'any' };
}
