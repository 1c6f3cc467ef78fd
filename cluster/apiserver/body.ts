import { parseDocument } from 'yaml';
import type { AnyKind } from '../objects/kinds/kind.ts';
import { fieldProblems } from '../objects/openapi/index.ts';
import { decodeProtobuf } from '../objects/protobuf/index.ts';
import { badRequest, unsupportedMediaType } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { isOwnPart, type ApiRequest } from './request-handler.ts';
import { apiVersionOf } from './representation.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/**
 * The body as an object of the call's own, undefined when there is none.
 * @throws StatusError BadRequest when it cannot be parsed, UnsupportedMediaType for other formats
 */
export function parseBody({ body, headers }: ApiRequest): unknown {
  // From inside the process: the round trip drops `undefined` and parts the object from the caller's.
  if (!(body instanceof Uint8Array)) return JSON.parse(JSON.stringify(body));
  if (body.length === 0) return undefined;
  const mediaType = (headers['content-type'] ?? 'application/json').split(';')[0]?.trim();
  if (mediaType === 'application/vnd.kubernetes.protobuf') return parseWith(() => decodeProtobuf(body));
  if (mediaType === 'application/json' || mediaType?.endsWith('+json')) {
    return parseWith(() => JSON.parse(Buffer.from(body).toString('utf8')));
  }
  if (mediaType === 'application/yaml' || mediaType?.endsWith('+yaml')) return parseWith(() => parseYaml(body));
  throw unsupportedMediaType(mediaTypes);
}

function parseWith(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw badRequest(`error decoding the request body: ${(error as Error).message}`);
  }
}

function parseYaml(body: Uint8Array): unknown {
  const document = parseDocument(Buffer.from(body).toString('utf8'), { maxAliasCount: 100 } as object);
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS({ maxAliasCount: 100 });
}

/** The body of a create or update as an object of the call's kind, its fields checked. */
export function readObject(call: ApiCall, kind: Pick<AnyKind, 'group' | 'version' | 'kind'> = call.kind): KubeObject {
  const body = parseBody(call.request);
  if (!isRecord(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): the body is not an object`);
  }
  const expected = apiVersionOf(kind);
  const { apiVersion = expected, kind: kindName = kind.kind, metadata } = body as Partial<KubeObject>;
  if (kindName !== kind.kind || apiVersion !== expected) {
    throw badRequest(
      `${kindName} in version "${apiVersion}" cannot be handled as a ${kind.kind}: the path is for ${expected}, Kind=${kind.kind}`,
    );
  }
  const object = { ...body, apiVersion, kind: kindName, metadata: isRecord(metadata) ? metadata : {} };
  checkFields(call, object);
  return call.kind.conversion?.toStored(object) ?? object;
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
  if (unknown.length === 0) return;

  const problems = unknown.map((path) => `unknown field "${path}"`);
  switch (fieldValidationOf(call)) {
    case 'Strict':
      throw badRequest(`${refusal}: strict decoding error: ${problems.join(', ')}`);
    case 'Warn':
      call.warnings.push(...problems);
      break;
    case 'Ignore':
  }
  for (const path of unknown) removeField(object, path);
}

function fieldValidationOf({ request }: ApiCall): FieldValidation {
  const value = request.query.get('fieldValidation');
  return value === 'Strict' || value === 'Ignore' ? value : 'Warn';
}

/** Removes the field at a path such as `spec.template.spec.containers[0].imagee`. */
function removeField(object: object, path: string): void {
  const steps = path.split(/\.|\[(\d+)\]/).filter((step) => step);
  let parent: unknown = object;
  for (const step of steps.slice(0, -1)) parent = (parent as Record<string, unknown> | undefined)?.[step];
  if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[steps.at(-1) ?? ''];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
