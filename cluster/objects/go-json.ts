import { jsonSyntaxProblem } from './go-json-syntax.ts';

/** What Go's decoder says of a text that is to be a JSON object; undefined when it is one. */
export function jsonObjectProblem(text: string): string | undefined {
  return jsonSyntaxProblem(text) ?? notAnObject(JSON.parse(text), 'map[string]interface {}');
}

/** What Go's decoder says of a value that is to go into a structure or a map of the type; null goes into any. */
export function notAnObject(value: unknown, goType: string): string | undefined {
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  const given = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${given} into Go value of type ${goType}`;
}
