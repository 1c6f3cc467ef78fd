import type { FieldError } from './kinds/kind.ts';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** The body that the API answers when there is no object to answer, above all when a request fails. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  /** `continue` where a list that expired may go on. */
  metadata: { continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: StatusCause[];
    retryAfterSeconds?: number;
  };
  code?: number;
}

export interface GroupResource {
  group: string;
  resource: string;
}

/** A request that the API refuses; `status` is what travels. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message);
    this.name = 'StatusError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** True for a `StatusError`, and with `reason` only for one of that reason (`NotFound`, `Conflict`, …). */
export function isStatusError(error: unknown, reason?: string): error is StatusError {
  return error instanceof StatusError && (reason === undefined || error.reason === reason);
}

export function notFound(resource: GroupResource, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name));
}

/** A path that the API does not serve at all. */
export function pathNotFound(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: GroupResource, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    about(resource, name),
  );
}

export function conflict(
  resource: GroupResource,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    about(resource, name),
  );
}

/** Server-side apply against fields that others own. */
export function applyConflict(message: string, causes: StatusCause[]): StatusError {
  return new StatusError(409, 'Conflict', message, { causes });
}

/** An object with wrong fields: kubectl prints one line for each. */
export function invalid(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const lines = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const qualifiedKind = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new StatusError(422, 'Invalid', `${qualifiedKind} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    ...(kind.kind && { kind: kind.kind }),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** A request that is well-formed but cannot be processed, for instance a JSON patch whose test fails. */
export function unprocessable(message = 'the server rejected our request due to an error in our request'): StatusError {
  return new StatusError(422, 'Invalid', message, {});
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(resource: GroupResource, name: string, why: string): StatusError {
  const what = name ? `${qualified(resource)} "${name}"` : qualified(resource);
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, about(resource, name));
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** The router's own words, who looks at the type of a patch before anybody else. */
export function patchTypeUnknown(): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** The client takes none of the formats that there are. */
export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return new StatusError(406, 'NotAcceptable', message);
}

/** The router's own words, who looks whether a format is known at all. */
export function formatUnknown(): StatusError {
  return new StatusError(406, 'NotAcceptable', '406: Not Acceptable', {});
}

/**
 * A resource version or continue token that history no longer reaches.
 * @param token with which a list may go on that need not be consistent
 */
export function expired(message: string, token?: string): StatusError {
  const error = new StatusError(410, 'Expired', message);
  if (token) error.status.metadata.continue = token;
  return error;
}

/** A version that this server has not come to yet: the client knows it from another one. */
export function resourceVersionTooLarge(wanted: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** What the real server did not foresee either: it has a message and no reason. */
export function plainError(message: string): StatusError {
  return new StatusError(500, '', message);
}

export function serviceUnavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message);
}

function qualified({ group, resource }: GroupResource): string {
  return group ? `${resource}.${group}` : resource;
}

function about({ group, resource }: GroupResource, name: string): Status['details'] {
  return { ...(name && { name }), ...(group && { group }), kind: resource };
}
