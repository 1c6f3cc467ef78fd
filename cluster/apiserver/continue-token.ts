import { jsonSyntaxProblem } from '../objects/go-json-syntax.ts';
import { notAnObject } from '../objects/go-json.ts';
import { badRequest, type StatusError } from '../objects/status-error.ts';

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

/**
 * Says what Kubernetes' `storage.DecodeContinue` says.
 * @throws StatusError BadRequest for what is no token
 */
export function decodeContinue(text: string): ContinueToken {
  const { v, rv, start } = parse(decodeBase64(text));
  if (v !== apiVersion)
    throw unreadable(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (!Number.isInteger(rv) || rv === 0)
    throw unreadable(`incorrect encoded start resourceVersion (version ${apiVersion})`);
  if (typeof start !== 'string' || start === '') throw unreadable(`encoded start key empty (version ${apiVersion})`);
  return { resourceVersion: Number(rv), startKey: start };
}

function decodeBase64(text: string): string {
  const misfit = text.search(/[^\w-]/);
  // A last group of one letter is less than a byte.
  const problemAt = misfit < 0 && text.length % 4 === 1 ? text.length - 1 : misfit;
  if (problemAt >= 0) throw unreadable(`illegal base64 data at input byte ${problemAt}`);
  return Buffer.from(text, 'base64url').toString('utf8');
}

function parse(text: string): Record<string, unknown> {
  const problem = jsonSyntaxProblem(text) ?? notAnObject(JSON.parse(text), 'storage.continueToken');
  if (problem) throw unreadable(problem);
  return (JSON.parse(text) ?? {}) as Record<string, unknown>;
}

function unreadable(why: string): StatusError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
