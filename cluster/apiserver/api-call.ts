import type { Clock } from '../../lib/clock.ts';
import type { AnyKind } from '../objects/kinds/kind.ts';
import type { KubeObject } from '../objects/types.ts';
import type { Store } from '../store/store.ts';
import type { ServiceAccountTokens } from './authentication/service-account-tokens.ts';
import type { NodeProxy } from './node-proxy.ts';
import type { ApiRequest, ApiResponse } from './request-handler.ts';
import type { Target } from './target.ts';
import type { VirtualResource } from './virtual-resources.ts';
import type { WatchFrames } from './watch-frames.ts';

/** What all verbs stand on. */
export interface ApiContext {
  store: Store;
  clock: Clock;
  /** In [0, 1); for names and addresses. */
  random: () => number;
  frames: WatchFrames;
  tokens: ServiceAccountTokens;
  virtualResources: readonly VirtualResource[];
  /** Undefined until a kubelet is there. */
  nodeProxy: () => NodeProxy | undefined;
  /** Aborts when the server closes. */
  signal: AbortSignal;
}

/** `finalizers`: those of the spec, which only namespaces have. */
export type CoveredPart = 'status' | 'finalizers';

/** One request for a resource, taken apart. */
export interface ApiCall {
  context: ApiContext;
  request: ApiRequest;
  target: Target;
  kind: AnyKind;
  /** Which part of the object a write through a subresource changes; all but the status when left out. */
  covers?: CoveredPart;
  /** Collects what the answer carries as `Warning` headers. */
  warnings: string[];
}

/** A verb or subresource: reads its options from the call and answers, or throws a `StatusError`. */
export type ApiVerb = (call: ApiCall) => ApiResponse | Promise<ApiResponse>;

/** The store's name for a kind's objects, also how messages name them: `pods`, `deployments.apps`. */
export function resourceOf(kind: { group: string; resource: string }): string {
  return kind.group ? `${kind.resource}.${kind.group}` : kind.resource;
}

/** @returns the live object that the call names, undefined when there is none */
export function findLive({ context, kind, target }: ApiCall): KubeObject | undefined {
  return context.store.get(resourceOf(kind), kind.namespaced ? target.namespace : undefined, target.name ?? '');
}
