import { parseDocument } from 'yaml';
import type { AnyKind } from '../objects/kinds/kind.ts';
import { dropNulls } from '../objects/kinds/drop-nulls.ts';
import { fieldProblems } from '../objects/openapi/index.ts';
import { decodeProtobuf } from '../objects/protobuf/index.ts';
import { badRequest, unsupportedMediaType } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { isOwnPart, type ApiRequest } from './request-handler.ts';
import { apiVersionOf } from './representation.ts';
import { bracketDepth, scanJson } from './scan-json.ts';

type NamedKind = Pick<AnyKind, 'group' | 'version' | 'kind'>;

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/**
 * The body as an object of the call's own, undefined when there is none.
 * @throws StatusError BadRequest when it cannot be parsed, UnsupportedMediaType for other formats
 */
export function parseBody({ method, body, headers }: ApiRequest): unknown {
  // From inside the process: the round trip drops `undefined` and parts the object from the caller's.
  if (!(body instanceof Uint8Array)) return JSON.parse(JSON.stringify(body));
  if (body.length === 0) return undefined;
  const mediaType = mediaTypeOf(headers['content-type']);
  // Patches have types of their own, which their verb looks at.
  if (method !== 'PATCH' && !mediaTypes.includes(mediaType)) throw unsupportedMediaType(mediaTypes);
  if (mediaType === 'application/vnd.kubernetes.protobuf') return parseWith(() => decodeProtobuf(body));
  if (isJson(mediaType)) return parseWith(() => parseJson(Buffer.from(body).toString('utf8')));
  if (mediaType === 'application/yaml' || mediaType.endsWith('+yaml')) {
    return parseWith(() => parseYaml(Buffer.from(body).toString('utf8')));
  }
  throw unsupportedMediaType(mediaTypes);
}

/** Who says nothing means JSON. */
function mediaTypeOf(contentType: string | undefined): string {
  return (contentType?.split(';')[0] ?? '').trim() || 'application/json';
}

function isJson(contentType: string | undefined): boolean {
  const mediaType = mediaTypeOf(contentType);
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}

/** Differs: a body may nest no deeper than this; on a real server ten thousand levels are the end. */
const maxDepth = 500;

function parseWith(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw badRequest(`error decoding the request body: ${(error as Error).message}`);
  }
}

function parseJson(text: string): unknown {
  if (scanJson(text).depth > maxDepth) throw new Error('exceeded max depth');
  return JSON.parse(text);
}

/** kubectl says YAML also where it sends JSON, whose parser is faster by far. */
function parseYaml(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return parseJson(text);
    } catch {
      // YAML's own maps in braces.
    }
  }
  if (bracketDepth(text) > maxDepth) throw new Error('exceeded max depth');
  // To look for keys that are given twice takes the parser time by the square of their number.
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS({ maxAliasCount: 100 });
}

/** The body of a create or update as an object of the call's kind, its fields checked. */
export function readObject(call: ApiCall, kind: NamedKind = call.kind): KubeObject {
  const object = objectOf(kind, parseBody(call.request));
  checkFields(call, object);
  return call.kind.conversion?.toStored(object) ?? object;
}

/**
 * A value as an object of the kind: it has metadata, and what it says of its kind is right.
 * @throws StatusError BadRequest for any other value
 */
export function objectOf(kind: NamedKind, value: unknown): KubeObject {
  if (!isRecord(value)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): the body is not an object`);
  }
  const expected = apiVersionOf(kind);
  const apiVersion = textAt(value, 'apiVersion') ?? expected;
  const kindName = textAt(value, 'kind') ?? kind.kind;
  if (kindName !== kind.kind || apiVersion !== expected) {
    throw badRequest(
      `${kindName} in version "${apiVersion}" cannot be handled as a ${kind.kind}: the path is for ${expected}, Kind=${kind.kind}`,
    );
  }
  return { ...value, apiVersion, kind: kindName, metadata: value['metadata'] ?? {} };
}

function textAt(value: Record<string, unknown>, field: string): string | undefined {
  const text = value[field] ?? undefined;
  if (text === undefined || typeof text === 'string') return text;
  const given = Array.isArray(text) ? 'array' : typeof text;
  throw badRequest(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${given} into Go struct field .${field} of type string`,
  );
}

/**
 * A body that says how to do something: all of it may be left out, and an empty one says nothing.
 * @param kind names the model that its fields must fit: `DeleteOptions`
 */
export function readOptions<T extends object>({ request }: ApiCall, kind: string): Partial<T> {
  const body = parseBody(request) ?? {};
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  if (isOwnPart(request)) return body as Partial<T>;
  const { wrongTypes } = fieldProblems({ ...body, apiVersion: 'v1', kind } as unknown as KubeObject);
  if (wrongTypes.length > 0)
    throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${wrongTypes[0]}`);
  dropNulls(body);
  return body as Partial<T>;
}

/**
 * Holds the fields against the kind, as strictly as `fieldValidation` asks: unknown ones are refused, warned
 * about or silently dropped; values of the wrong type are always refused.
 */
export function checkFields(call: ApiCall, object: KubeObject): void {
  // The cluster's own parts are typed; checking them again would only cost.
  if (isOwnPart(call.request)) return;
  const { unknown, wrongTypes } = fieldProblems(object);
  const version = object.apiVersion.split('/').at(-1);
  const refusal = `${object.kind} in version "${version}" cannot be handled as a ${object.kind}`;
  if (wrongTypes.length > 0) throw badRequest(`${refusal}: ${wrongTypes[0]}`);
  const problems = [
    ...duplicateFieldsIn(call).map((path) => `duplicate field "${path}"`),
    ...unknown.map(({ path }) => `unknown field "${path}"`),
  ];
  if (problems.length === 0) return;
  switch (fieldValidationOf(call)) {
    case 'Strict':
      throw badRequest(`${refusal}: strict decoding error: ${problems.join(', ')}`);
    case 'Warn':
      call.warnings.push(...problems);
      break;
    case 'Ignore':
  }
  for (const { owner, key } of unknown) delete owner[key];
}

/** A field that is given twice counts as its last; the parser does not tell. */
function duplicateFieldsIn({ request: { method, body, headers } }: ApiCall): readonly string[] {
  // A patch is no object, and kubectl writes the bodies of applies itself.
  if (method === 'PATCH' || !(body instanceof Uint8Array) || !isJson(headers['content-type'])) return [];
  return scanJson(Buffer.from(body).toString('utf8')).duplicates;
}

function fieldValidationOf({ request }: ApiCall): FieldValidation {
  const value = request.query.get('fieldValidation');
  return value === 'Strict' || value === 'Ignore' ? value : 'Warn';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
