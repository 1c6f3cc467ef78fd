import type { AnyKind } from '../kinds/kind.ts';
import { wordsOf } from './enums.ts';
import { parseFieldType, type FieldType } from './field-type.ts';
import { findKindModel, findModel, type Model, type ModelField } from './models.ts';

type Json = Record<string, unknown>;
type PlainType = Exclude<(FieldType & { shape: 'plain' })['type'], 'int-or-string'>;

/** `api/v1` or `apis/apps/v1`: what the OpenAPI index calls a group version. */
export function groupVersionPath(kind: { group: string; version: string }): string {
  return kind.group ? `apis/${kind.group}/${kind.version}` : `api/${kind.version}`;
}

/**
 * The OpenAPI v3 document of one group version. kubectl reads three things in it: whether a kind's patch
 * takes `fieldValidation` (apply, create, edit), the operations of a resource and its schema (explain).
 */
export function groupVersionDocument(kinds: readonly AnyKind[]): Json {
  const schemas: Record<string, Json> = {};
  const paths: Json = {};
  for (const kind of kinds) {
    const model = findKindModel(kind.kind, kind.version);
    if (!model) continue;
    addSchema(schemas, model, kind);
    const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
    const schema = schemas[schemaName(model.name)]!;
    schema['x-kubernetes-group-version-kind'] = [gvk];
    Object.assign(paths, pathsOf(kind, gvk, schemaName(model.name)));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths,
    components: { schemas },
  };
}

function pathsOf(kind: AnyKind, gvk: Json, schema: string): Json {
  const base = `/${groupVersionPath(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
  const answer = { '200': { content: { 'application/json': { schema: reference(schema) } } } };
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters: [
      { name: 'fieldValidation', in: 'query' },
      { name: 'dryRun', in: 'query' },
    ],
    responses: answer,
  });
  return {
    [base]: { get: operation('list'), post: operation('post') },
    [`${base}/{name}`]: {
      get: operation('get'),
      put: operation('put'),
      patch: operation('patch'),
      delete: operation('delete'),
    },
  };
}

function addSchema(schemas: Record<string, Json>, model: Model, kind: AnyKind): void {
  const name = schemaName(model.name);
  if (schemas[name]) return;
  const properties: Json = {};
  const schema: Json = { description: model.description, type: 'object', properties };
  schemas[name] = schema;
  const required = [...model.fields.values()].filter((field) => field.required).map((field) => field.name);
  if (required.length > 0) schema['required'] = required;
  for (const field of model.fields.values()) {
    const type = parseFieldType(field.type);
    const words = wordsOf(model.name, field.name);
    // What is said of a field's type is found there: kubectl prints both.
    const { description } = field;
    properties[field.name] = {
      ...withWords(typeSchema(schemas, type, field, kind), words),
      description: words && type.shape === 'plain' ? `${description}\n\n${wordList(words)}` : description,
    };
  }
}

/** A list's words are those of its items. */
function withWords(schema: Json, words: string[] | undefined): Json {
  if (!words) return schema;
  const { items } = schema;
  return items ? { ...schema, items: { ...items, enum: words } } : { ...schema, enum: words };
}

function wordList(words: readonly string[]): string {
  return ['Possible enum values:', ...words.map((word) => ` - \`"${word}"\``)].join('\n');
}

function typeSchema(schemas: Record<string, Json>, type: FieldType, field: ModelField, kind: AnyKind): Json {
  switch (type.shape) {
    case 'list':
      return { type: 'array', items: typeSchema(schemas, type.of, field, kind) };
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(schemas, type.of, field, kind) };
    case 'model': {
      const model = findModel(type.name);
      if (!model) return { type: 'object' };
      addSchema(schemas, model, kind);
      return { allOf: [reference(schemaName(model.name))], default: {} };
    }
    case 'plain':
      // A type of its own, by whose name kubectl shows it.
      if (type.type === 'int-or-string') {
        schemas[intOrString] ??= {
          description: intOrStringMeaning,
          format: 'int-or-string',
          oneOf: [{ type: 'integer' }, { type: 'string' }],
        };
        return { allOf: [reference(intOrString)] };
      }
      return plainSchema(type.type, field);
  }
}

const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const intOrStringMeaning = 'A number, or a text: the name of a port, or a percentage.';

function plainSchema(type: PlainType, field: ModelField): Json {
  if (type === 'any') return { type: 'object' };
  const format = field.format ? { format: field.format } : {};
  return { type: type === 'number' && field.format.startsWith('int') ? 'integer' : type, ...format };
}

function reference(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` };
}

/** kubectl shows the last part as the type's name, so `V1Probe` becomes `….v1.Probe`. */
function schemaName(model: string): string {
  const [, version = 'V1', name = model] = /^(?:[A-Z][a-z]+)?(V\d+(?:alpha\d+|beta\d+)?)(.*)$/.exec(model) ?? [];
  return `io.k8s.api.${version.toLowerCase()}.${name}`;
}
