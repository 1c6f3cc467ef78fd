import { LineCounter, parseDocument } from 'yaml';
import { parseGroupVersion } from '../objects/group-version.ts';
import type { AnyKind } from '../objects/kinds/kind.ts';
import { dropNulls } from '../objects/kinds/drop-nulls.ts';
import { jsonSyntaxProblem } from '../objects/go-json-syntax.ts';
import { notAnObject } from '../objects/go-json.ts';
import { fieldProblems } from '../objects/openapi/index.ts';
import { decodeProtobuf } from '../objects/protobuf/index.ts';
import {
  badRequest,
  patchTypeUnknown,
  plainError,
  type StatusError,
  unsupportedMediaType,
} from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { unreadableJson, unrecognized, versionProblem, wrongKind } from './decoding-errors.ts';
import { isOwnPart, type ApiRequest } from './request-handler.ts';
import { apiVersionOf } from './representation.ts';
import { bracketDepth, scanJson } from './scan-json.ts';
import { refuseUntyped } from './typed-patch.ts';

type NamedKind = Pick<AnyKind, 'group' | 'version' | 'kind'>;

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Makes the answer to a body that cannot be parsed from what is wrong with it. */
type Refusal = (problem: string) => StatusError;

/**
 * The body as an object of the call's own, undefined when there is none.
 * @param refuse default: what is said of patches of the request's type
 * @throws StatusError BadRequest when it cannot be parsed, UnsupportedMediaType for other formats
 */
export function parseBody({ method, body, headers }: ApiRequest, refuse?: Refusal): unknown {
  // From inside the process: the round trip drops `undefined` and parts the object from the caller's.
  if (!(body instanceof Uint8Array)) return JSON.parse(JSON.stringify(body));
  if (body.length === 0 && method === 'DELETE') return undefined;
  const mediaType = mediaTypeOf(headers['content-type']);
  // Patches have types of their own, which their verb looks at.
  if (method !== 'PATCH' && !mediaTypes.includes(mediaType)) throw unsupportedMediaType(mediaTypes);
  if (body.length === 0 && method !== 'PATCH') return undefined;
  const refusal = refuse ?? patchRefusal(mediaType);
  if (mediaType === 'application/vnd.kubernetes.protobuf') return parseWith(refusal, () => decodeProtobuf(body));
  const text = Buffer.from(body).toString('utf8');
  if (isJson(mediaType)) return parseWith(refusal, () => parseJson(text));
  if (mediaType === 'application/yaml' || mediaType.endsWith('+yaml')) return parseWith(refusal, () => parseYaml(text));
  throw patchTypeUnknown();
}

function patchRefusal(mediaType: string): Refusal {
  if (mediaType === 'application/strategic-merge-patch+json') return badRequest;
  const format = mediaType.endsWith('+yaml') ? 'YAML: error converting YAML to JSON' : 'patch';
  return (problem) => badRequest(`error decoding ${format}: ${problem}`);
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

function parseWith(refuse: Refusal, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

function parseJson(text: string): unknown {
  if (scanJson(text).depth > maxDepth) throw new Error('exceeded max depth');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(jsonSyntaxProblem(text), { cause: error });
  }
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
  const lineCounter = new LineCounter();
  // To look for keys that are given twice takes the parser time by the square of their number.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error) throw new Error(`yaml: line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}`);
  return document.toJS({ maxAliasCount: 100 });
}

/** The body of a create, an update or an apply as an object of the call's kind, its fields checked. */
export function readObject(call: ApiCall, kind: NamedKind = call.kind): KubeObject {
  const { request } = call;
  const object = request.method === 'PATCH' ? readApplied(call, kind) : readWhole(request, kind);
  checkFields(call, object);
  return call.kind.conversion?.toStored(object) ?? object;
}

function readWhole(request: ApiRequest, kind: NamedKind): KubeObject {
  const refuse: Refusal = (problem) => unrecognized(kind, problem, request.body);
  const isYaml = mediaTypeOf(request.headers['content-type']) === 'application/yaml';
  const value = parseBody(request, (problem) => refuse(isYaml ? problem : unreadableJson(problem)));
  if (value === undefined && !isYaml) throw refuse(unreadableJson('unexpected end of JSON input'));
  const problem = versionProblem(value ?? {});
  if (problem) throw refuse(problem);
  return objectOf(kind, value ?? {});
}

function readApplied({ request }: ApiCall, kind: NamedKind): KubeObject {
  const value = parseBody(request);
  const problem = notAnObject(value, 'map[string]interface {}');
  if (problem) throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${problem}`);
  const { apiVersion: version } = (value ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf(kind);
  if (version !== expected && !isOwnPart(request)) {
    const why = `Incorrect version specified in apply patch. Specified patch version: ${version ?? ''}, expected: ${expected}`;
    throw badRequest(why);
  }
  return objectOf(kind, value);
}

/**
 * A value as an object of the kind: it has metadata, and what it says of its kind is right.
 * @throws StatusError BadRequest for any other value
 */
export function objectOf(kind: NamedKind, value: unknown): KubeObject {
  const problem = versionProblem(value);
  if (problem) throw badRequest(problem);
  const object = (value ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf(kind);
  const given = { apiVersion: object.apiVersion || expected, kind: object.kind || kind.kind };
  if (given.kind !== kind.kind || given.apiVersion !== expected) throw wrongKind(kind, given);
  return { ...object, ...given, metadata: object.metadata ?? {} };
}

/**
 * A body that says how to do something: all of it may be left out, and an empty one says nothing.
 * @param kind names the model that its fields must fit: `DeleteOptions`
 */
export function readOptions<T extends object>({ request }: ApiCall, kind: string): Partial<T> {
  const body = parseBody(request, (problem) => plainError(unreadableJson(problem))) ?? {};
  const problem = versionProblem(body);
  if (problem) throw plainError(problem);
  const options = body as Record<string, unknown>;
  if (isOwnPart(request)) return options as Partial<T>;
  const [misfit] = fieldProblems({ ...options, apiVersion: 'v1', kind } as unknown as KubeObject).misfits;
  if (misfit) throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${misfit.decoding}`);
  dropNulls(options);
  return options as Partial<T>;
}

/**
 * Holds the fields against the kind, as strictly as `fieldValidation` asks: unknown ones are refused, warned
 * about or silently dropped; values of the wrong type are always refused.
 */
export function checkFields(call: ApiCall, object: KubeObject): void {
  // The cluster's own parts are typed; checking them again would only cost.
  if (isOwnPart(call.request)) return;
  const found = fieldProblems(object);
  const { unknown } = found;
  const [misfit] = found.misfits;
  const { version } = parseGroupVersion(object.apiVersion);
  const refusal = `${object.kind} in version "${version}" cannot be handled as a ${object.kind}`;
  if (isApply(call.request)) refuseUntyped(object, found);
  if (misfit) throw badRequest(`${refusal}: ${misfit.decoding}`);
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

function isApply({ headers }: ApiRequest): boolean {
  return headers['content-type']?.startsWith('application/apply-patch') ?? false;
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
