import type { AnyKind, Verb } from '../objects/kinds/kind.ts';
import { findKind } from '../objects/kinds/index.ts';
import { internalError, isStatusError, methodNotAllowed, pathNotFound } from '../objects/status-error.ts';
import { checkAccept, parseAccept } from './accept.ts';
import type { ApiCall, ApiContext, ApiVerb, CoveredPart } from './api-call.ts';
import { attributesOf, type Attributes } from './authorization/attributes.ts';
import { authorize } from './authorization/authorize.ts';
import { servedKinds } from './discovery.ts';
import { findDocument } from './documents.ts';
import { booleanIn } from './query-values.ts';
import { isOwnPart, type ApiRequest, type ApiResponse, type RequestHandler } from './request-handler.ts';
import { subresourcesOf } from './subresources/index.ts';
import { parseTarget, type Target } from './target.ts';
import { verbs } from './verbs/index.ts';
import { inAcceptedFormat } from './yaml-response.ts';

/**
 * The one way into the API, from the socket and from inside the process.
 * @param onError told of failures that are the server's own fault
 */
export function createHandler(context: ApiContext, onError: (error: unknown) => void): RequestHandler {
  return async (request) => {
    const warnings: string[] = [];
    try {
      const response = inAcceptedFormat(request, await answer(context, request, warnings));
      return warnings.length > 0 ? { ...response, warnings } : response;
    } catch (error) {
      if (!isStatusError(error)) onError(error);
      const refusal = isStatusError(error) ? error : internalError((error as Error).message);
      const response: ApiResponse = { type: 'object', code: refusal.code, object: refusal.status };
      return { ...inAcceptedFormat(request, response), warnings };
    }
  };
}

/** What the router of the API serves, by its methods alone; health and OpenAPI lie beside it and take any method. */
const routed = /^\/(apis?|version)(\/|$)/;

async function answer(context: ApiContext, request: ApiRequest, warnings: string[]): Promise<ApiResponse> {
  const document = findDocument(request, context);
  if (document) {
    if (request.method !== 'GET' && routed.test(request.path)) throw methodNotAllowed();
    authorizeRequest(request, { verb: request.method.toLowerCase(), path: request.path }, context);
    return document;
  }
  const target = parseTarget(request.path);
  const route = target && findRoute(target, context);
  if (!target || !route) return unknownPath(request, context);
  const acrossNamespaces = route.kind.namespaced && !target.namespace;
  if (acrossNamespaces && target.name) throw pathNotFound();
  const verb = verbOf(request, target);
  // All namespaces together can only be looked at.
  const run = verb && (!acrossNamespaces || verb === 'list' || verb === 'watch') && route.verbs[verb];
  if (!run) throw methodNotAllowed();
  checkFormats(request, target, verb);
  authorizeRequest(request, attributesOf(target, verb, request.query), context);
  const { kind, covers } = route;
  if (kind.deprecation && !isOwnPart(request)) warnings.push(kind.deprecation);
  const call: ApiCall = { context, request, target, kind, warnings, ...(covers ? { covers } : {}) };
  return run(call);
}

/** Nobody answers below a group that is not served, so nobody makes a Status of it; clients do when they read this. */
function unknownPath(request: ApiRequest, { virtualResources }: ApiContext): ApiResponse {
  const [root, group] = request.path.split('/').filter(Boolean);
  if (root === 'api' || isOwnPart(request)) throw pathNotFound();
  if (root === 'apis' && servedKinds(virtualResources).some((kind) => kind.group === group)) throw pathNotFound();
  const bytes = Buffer.from('404 page not found\n');
  return { type: 'bytes', code: 404, bytes, contentType: 'text/plain; charset=utf-8' };
}

/** Subresources that answer with what a container says, in whatever format that is. */
const raw = ['attach', 'exec', 'portforward', 'proxy'];

/** Before anything is done: who could not read the answer should not have changed anything. */
function checkFormats({ headers }: ApiRequest, { subresource = '' }: Target, verb: Verb): void {
  if (raw.includes(subresource)) return;
  checkAccept(headers['accept'], subresource === 'log' ? ['text/plain'] : []);
  if (subresource !== 'log') parseAccept(headers['accept'], { isWatch: verb === 'watch' });
}

/** Requests from inside the process come from the cluster's own parts, which are trusted. */
function authorizeRequest({ user, groups }: ApiRequest, attributes: Attributes, { store }: ApiContext): void {
  if (groups) authorize({ name: user, groups }, attributes, store);
}

interface Route {
  kind: AnyKind;
  verbs: Partial<Record<Verb, ApiVerb>>;
  covers?: CoveredPart;
}

/** What can be done at a path: the verbs of a resource, a subresource or a virtual resource. */
function findRoute(target: Target, { virtualResources }: ApiContext): Route | undefined {
  const { group, version, resource, subresource } = target;
  const virtual = virtualResources.find(
    ({ kind }) => kind.group === group && kind.version === version && kind.resource === resource,
  );
  if (virtual) return subresource ? undefined : virtual;
  const kind = findKind(group, version, resource);
  if (!kind) return undefined;
  if (subresource) {
    const all = subresourcesOf(kind);
    const found = Object.hasOwn(all, subresource) ? all[subresource] : undefined;
    return found && { kind, verbs: found.verbs, ...(found.covers ? { covers: found.covers } : {}) };
  }
  const allowed = Object.entries(verbs).filter(([verb]) => kind.verbs?.includes(verb as Verb) ?? true);
  return { kind, verbs: Object.fromEntries(allowed) };
}

/** The verb that method and path mean; undefined when they mean none. */
export function verbOf({ method, query }: ApiRequest, { name, subresource, isWatch }: Target): Verb | undefined {
  if (isWatch) return method === 'GET' && !subresource ? 'watch' : undefined;
  switch (method) {
    case 'GET':
      if (name) return 'get';
      return booleanIn(query, 'watch') ? 'watch' : 'list';
    case 'HEAD':
      return subresource === 'proxy' ? 'get' : undefined;
    case 'POST':
      return name && !subresource ? undefined : 'create';
    case 'PUT':
      return name ? 'update' : undefined;
    case 'PATCH':
      return name ? 'patch' : undefined;
    case 'DELETE':
      return name ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}
