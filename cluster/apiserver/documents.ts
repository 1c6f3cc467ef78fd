import { kinds } from '../objects/kinds/index.ts';
import type { AnyKind } from '../objects/kinds/kind.ts';
import { openApiDocument, openApiIndex, openApiV2Protobuf } from '../objects/openapi/index.ts';
import type { ApiContext } from './api-call.ts';
import {
  aggregatedDiscovery,
  aggregatedMediaType,
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
  servedKinds,
  wantsAggregated,
} from './discovery.ts';
import { checkPaths, healthPaths, healthText } from './health.ts';
import type { ApiRequest, ApiResponse } from './request-handler.ts';
import { version } from './version.ts';

/** Paths that are answered without a token. */
export const openPaths: ReadonlySet<string> = new Set(['/version', ...healthPaths]);

const rootPaths = [
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
  ...checkPaths,
].toSorted();

/** Answers what is no object: health, version, discovery and OpenAPI; undefined for other paths. */
export function findDocument(
  { path, headers, query }: ApiRequest,
  { virtualResources }: Pick<ApiContext, 'virtualResources'>,
): ApiResponse | undefined {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const health = healthText(trimmed, { query });
  if (health !== undefined) return text(health);
  if (trimmed === '/openapi/v2') {
    const contentType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    return { type: 'bytes', code: 200, bytes: openApiV2Protobuf(), contentType };
  }
  const served = servedKinds(virtualResources);
  const isAggregated = wantsAggregated(headers['accept']);
  if (isAggregated && (trimmed === '/api' || trimmed === '/apis')) {
    const object = aggregatedDiscovery(served, trimmed === '/api' ? 'core' : 'groups');
    return { type: 'object', code: 200, object, contentType: aggregatedMediaType };
  }
  const object = findObject(trimmed, headers['host'] ?? '', served);
  return object && { type: 'object', code: 200, object };
}

function findObject(path: string, host: string, served: readonly AnyKind[]): object | undefined {
  switch (path) {
    case '/':
      return { paths: rootPaths };
    case '/version':
      return version;
    case '/api':
      return coreVersions(host);
    case '/apis':
      return groupList(served);
    case '/openapi/v3':
      return openApiIndex(kinds);
    default: {
      const [root, ...parts] = path.slice(1).split('/');
      if (path.startsWith('/openapi/v3/')) return openApiDocument(kinds, parts.slice(1).join('/'));
      const [first = '', second] = parts;
      if (root === 'api' && parts.length === 1) return resourceList(served, '', first);
      if (root !== 'apis') return undefined;
      if (parts.length === 1) return groupDocument(served, first);
      return parts.length === 2 ? resourceList(served, first, second ?? '') : undefined;
    }
  }
}

function text(value: string): ApiResponse {
  return { type: 'bytes', code: 200, bytes: Buffer.from(value), contentType: 'text/plain; charset=utf-8' };
}
