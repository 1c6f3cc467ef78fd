import type { ApiRequest, ApiResponse } from './request-handler.ts';
import { parseTarget } from './target.ts';
import type { KubeObject } from '../objects/types.ts';
import { verbOf } from './handler.ts';

/** One change, or look, that somebody asked for over HTTPS. */
export interface AuditEntry {
  /** When it was answered, milliseconds since the epoch. */
  atMs: number;
  user: string;
  userAgent: string;
  verb: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  code: number;
  dryRun?: boolean;
  /** The body of a patch, when it is JSON. */
  patch?: unknown;
}

const readingVerbs = new Set(['get', 'list', 'watch']);
const actingSubresources = new Set(['exec', 'attach', 'portforward']);

/** @returns undefined for what is not the API's business, and for reads by a program that does not say its name */
export function auditEntryFor(request: ApiRequest, response: ApiResponse, atMs: number): AuditEntry | undefined {
  const target = parseTarget(request.path);
  const verb = target && verbOf(request, target);
  // What goes through the proxy is the workload's business, and a load test would fill the log.
  if (!target || !verb || target.subresource === 'proxy') return undefined;
  const userAgent = request.headers['user-agent'] ?? '';
  const isRead = readingVerbs.has(verb) && !actingSubresources.has(target.subresource ?? '');
  if (isRead && userAgent === '') return undefined;
  const { group, resource, subresource, namespace } = target;
  const name = target.name ?? (isRead ? undefined : nameIn(response));
  const patch = verb === 'patch' ? readPatch(request.body) : undefined;
  return {
    atMs,
    user: request.user,
    userAgent,
    verb,
    resource: group ? `${resource}.${group}` : resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    code: response.code,
    ...(request.query.getAll('dryRun').includes('All') ? { dryRun: true } : {}),
    ...(patch === undefined ? {} : { patch }),
  };
}

/** A new object's name stands in the body only, or is the server's choice. */
function nameIn(response: ApiResponse): string | undefined {
  return response.type === 'object' ? (response.object as Partial<KubeObject>).metadata?.name : undefined;
}

function readPatch(body: ApiRequest['body']): unknown {
  if (!(body instanceof Uint8Array)) return body;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
