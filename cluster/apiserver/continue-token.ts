import { badRequest } from '../objects/status-error.ts';

const apiVersion = 'meta.k8s.io/v1';
/** In place of a version: goes on with what is there now, whatever has changed since. */
export const NOW = -1;

/** Where a list that came in parts goes on. */
export interface ContinueToken {
  /** The version that all parts show, or `NOW`. */
  resourceVersion: number;
  /** What comes first, counted within the scope of the list: `name`, or `namespace/name` over all namespaces. */
  startKey: string;
}

/** What clients send back as `continue`, in the form that Kubernetes gives it. */
export function encodeContinue({ resourceVersion, startKey }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: apiVersion, rv: resourceVersion, start: startKey })).toString('base64url');
}

/** @throws StatusError BadRequest for what is no token */
export function decodeContinue(text: string): ContinueToken {
  if (!/^[\w-]+$/.test(text)) throw unreadable('illegal base64 data');
  const token = parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (token['v'] !== apiVersion) {
    throw badRequest(`continue key is not valid: server does not recognize this encoded version ${String(token['v'])}`);
  }
  const { rv, start } = token;
  if (!Number.isInteger(rv) || rv === 0) {
    throw badRequest(`continue key is not valid: incorrect encoded start resourceVersion (version ${apiVersion})`);
  }
  if (typeof start !== 'string' || start === '') {
    throw badRequest(`continue key is not valid: encoded start key empty (version ${apiVersion})`);
  }
  return { resourceVersion: Number(rv), startKey: start };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for a token that is JSON but no object.
  }
  throw unreadable('no JSON object');
}

function unreadable(why: string) {
  return badRequest(`continue key is not valid: ${why}`);
}
