import type { AnyKind, Verb } from '../objects/kinds/kind.ts';
import type { ApiVerb } from './api-call.ts';
import { componentStatuses } from './component-statuses.ts';
import { metricsResources } from './metrics-resources.ts';
import { reviews } from './reviews.ts';

/** A resource whose objects are not stored but made up for each request. */
export interface VirtualResource {
  kind: AnyKind;
  verbs: Partial<Record<Verb, ApiVerb>>;
}

/** Those that a server has; without a metrics server nobody answers for its group. */
export function virtualResources({ metricsServer }: { metricsServer: boolean }): readonly VirtualResource[] {
  return [componentStatuses, ...reviews, ...(metricsServer ? metricsResources : [])];
}
