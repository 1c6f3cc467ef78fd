import { parseGroupVersion } from '../group-version.ts';
import { timeProblem } from '../go-time.ts';
import type { KubeObject } from '../types.ts';
import { parseFieldType, type FieldType } from './field-type.ts';
import { findKindModel, findModel, type Model } from './models.ts';

/** A field that the kind does not have: `spec.template.spec.containers[0].imagee`, and where it can be removed. */
export interface UnknownField {
  path: string;
  owner: Record<string, unknown>;
  key: string;
}

export interface FieldProblems {
  unknown: UnknownField[];
  /** Refusals of values of the wrong JSON type, in the words of the real server's decoder. */
  wrongTypes: string[];
}

interface Place {
  /** With indexes, for unknown fields. */
  path: string;
  /** Without, as the decoder names struct fields. */
  struct: string;
  keys: string;
}

/** Fields whose strings are quantities: the real decoder takes numbers there as well. */
const quantityFields =
  /\.(limits|requests|hard|used|capacity|allocatable|overhead|sizeLimit|divisor|averageValue|value)$/;

/**
 * Checks an object's fields against its kind, as the server does when it decodes a body: names it does
 * not know, values that do not fit. Kinds without a model pass. An item of null becomes the zero value that Go
 * makes of it, in place.
 */
export function fieldProblems(object: KubeObject): FieldProblems {
  const problems: FieldProblems = { unknown: [], wrongTypes: [] };
  const { version } = parseGroupVersion(object.apiVersion);
  const model = findKindModel(object.kind, version);
  if (model)
    checkModel(problems, model, object as unknown as Record<string, unknown>, { path: '', struct: '', keys: '' });
  return problems;
}

function checkModel(problems: FieldProblems, model: Model, value: Record<string, unknown>, place: Place): void {
  const struct = model.name.replace(/^([A-Z][a-z]+)?V\d+((alpha|beta)\d+)?/, '');
  for (const [key, fieldValue] of Object.entries(value)) {
    const field = model.fields.get(key);
    const path = place.path ? `${place.path}.${key}` : key;
    if (!field) {
      if (!key.startsWith('$')) problems.unknown.push({ path, owner: value, key });
      continue;
    }
    const keys = place.keys ? `${place.keys}.${key}` : key;
    const format = field.type === 'V1MicroTime' ? 'micro-time' : field.format;
    checkType(problems, parseFieldType(field.type), format, fieldValue, { path, struct, keys });
  }
}

function checkType(problems: FieldProblems, type: FieldType, format: string, value: unknown, place: Place): void {
  if (value === null || value === undefined) return;
  switch (type.shape) {
    case 'list':
      if (!Array.isArray(value)) return refuse(problems, value, `[]${goName(type.of, format)}`, place);
      for (const [index, item] of (value as unknown[]).entries()) {
        if (item === null) value[index] = zeroOf(type.of);
        else checkType(problems, type.of, format, item, { ...place, path: `${place.path}[${index}]` });
      }
      return;
    case 'map':
      if (!isObject(value)) return refuse(problems, value, `map[string]${goName(type.of, format)}`, place);
      for (const [key, item] of Object.entries(value)) {
        checkType(problems, type.of, format, item, { ...place, path: `${place.path}.${key}` });
      }
      return;
    case 'model': {
      const model = findModel(type.name);
      if (!isObject(value)) return refuse(problems, value, goName(type, format), place);
      if (model) checkModel(problems, model, value, place);
      return;
    }
    case 'plain':
      if (!fits(type.type, value, format, place)) refuse(problems, value, goName(type, format), place);
      else if (typeof value === 'string') checkTime(problems, value, format);
  }
}

function checkTime(problems: FieldProblems, text: string, format: string): void {
  if (format !== 'date-time' && format !== 'micro-time') return;
  const problem = timeProblem(text, format === 'micro-time');
  if (problem) problems.wrongTypes.push(problem);
}

function zeroOf(type: FieldType): unknown {
  if (type.shape === 'list') return [];
  if (type.shape !== 'plain' || type.type === 'any') return {};
  return { string: '', number: 0, boolean: false, 'int-or-string': 0 }[type.type];
}

function fits(type: (FieldType & { shape: 'plain' })['type'], value: unknown, format: string, place: Place): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'string':
      return (
        typeof value === 'string' ||
        (typeof value === 'number' && quantityFields.test(`.${place.keys}`) && !place.keys.endsWith('env.value'))
      );
    case 'number':
      return typeof value === 'number' && (!format.startsWith('int') || Number.isInteger(value));
    case 'boolean':
      return typeof value === 'boolean';
  }
}

function refuse(problems: FieldProblems, value: unknown, goType: string, place: Place): void {
  const given = typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'array' : typeof value;
  const shown = typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : given;
  problems.wrongTypes.push(
    `json: cannot unmarshal ${shown} into Go struct field ${place.struct}.${place.keys} of type ${goType}`,
  );
}

function goName(type: FieldType, format: string): string {
  if (type.shape === 'model') return `v1.${type.name.replace(/^([A-Z][a-z]+)?V\d+((alpha|beta)\d+)?/, '')}`;
  if (type.shape === 'list') return `[]${goName(type.of, format)}`;
  if (type.shape === 'map') return `map[string]${goName(type.of, format)}`;
  if (type.type === 'number') return format || 'float64';
  return type.type === 'boolean' ? 'bool' : type.type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
