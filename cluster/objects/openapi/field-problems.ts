import { parseGroupVersion } from '../group-version.ts';
import type { ValuePlace } from '../patch/place-text.ts';
import type { KubeObject } from '../types.ts';
import { parseFieldType, type FieldType } from './field-type.ts';
import { plainMisfit, shapeMisfit, structName, type Misfit } from './misfit.ts';
import { findKindModel, findModel, type Model } from './models.ts';

/** A field that the kind does not have: `spec.template.spec.containers[0].imagee`, and where it can be removed. */
export interface UnknownField {
  path: string;
  place: ValuePlace;
  owner: Record<string, unknown>;
  key: string;
}

export interface FieldProblems {
  unknown: UnknownField[];
  misfits: Misfit[];
}

interface Place {
  /** With indexes, for unknown fields. */
  path: string;
  place: ValuePlace;
  /** Without, as the decoder names struct fields. */
  struct: string;
  keys: string;
}

/**
 * Checks an object's fields against its kind, as the server does when it decodes a body: names it does
 * not know, values that do not fit. Kinds without a model pass. An item of null becomes the zero value that Go
 * makes of it, in place.
 */
export function fieldProblems(object: KubeObject): FieldProblems {
  const problems: FieldProblems = { unknown: [], misfits: [] };
  const { version } = parseGroupVersion(object.apiVersion);
  const model = findKindModel(object.kind, version);
  if (model)
    checkModel(problems, model, object as unknown as Record<string, unknown>, {
      path: '',
      place: [],
      struct: '',
      keys: '',
    });
  return problems;
}

function checkModel(problems: FieldProblems, model: Model, value: Record<string, unknown>, place: Place): void {
  const struct = structName(model.name);
  for (const [key, fieldValue] of Object.entries(value)) {
    const field = model.fields.get(key);
    const path = place.path ? `${place.path}.${key}` : key;
    if (!field) {
      if (!key.startsWith('$')) problems.unknown.push({ path, place: [...place.place, key], owner: value, key });
      continue;
    }
    const keys = place.keys ? `${place.keys}.${key}` : key;
    const format = field.type === 'V1MicroTime' ? 'micro-time' : field.format;
    checkType(problems, parseFieldType(field.type), format, fieldValue, {
      path,
      place: [...place.place, key],
      struct,
      keys,
    });
  }
}

function checkType(problems: FieldProblems, type: FieldType, format: string, value: unknown, place: Place): void {
  if (value === null || value === undefined) return;
  const { misfits } = problems;
  const wanted = { ...place, type, format };
  switch (type.shape) {
    case 'list':
      if (!Array.isArray(value)) return void misfits.push(shapeMisfit(value, wanted));
      for (const [index, item] of (value as unknown[]).entries()) {
        if (item === null) value[index] = zeroOf(type.of);
        else
          checkType(problems, type.of, format, item, {
            ...place,
            path: `${place.path}[${index}]`,
            place: [...place.place, index],
          });
      }
      return;
    case 'map':
      if (!isObject(value)) return void misfits.push(shapeMisfit(value, wanted));
      for (const [key, item] of Object.entries(value)) {
        checkType(problems, type.of, format, item, {
          ...place,
          path: `${place.path}.${key}`,
          place: [...place.place, key],
        });
      }
      return;
    case 'model': {
      const model = findModel(type.name);
      if (!isObject(value)) return void misfits.push(shapeMisfit(value, wanted));
      if (model) checkModel(problems, model, value, place);
      return;
    }
    case 'plain': {
      const misfit = plainMisfit(value, { ...wanted, type });
      if (misfit) misfits.push(misfit);
    }
  }
}

function zeroOf(type: FieldType): unknown {
  if (type.shape === 'list') return [];
  if (type.shape !== 'plain' || type.type === 'any') return {};
  return { string: '', number: 0, boolean: false, 'int-or-string': 0 }[type.type];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
