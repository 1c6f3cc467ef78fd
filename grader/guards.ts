import { isNotFound, KubeError } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { collectionPath } from '../lib/kube/paths.ts';
import type { Deployment } from './state.ts';

/** An object that bounds or protects a component; null: all of the namespace. */
export interface Guard {
  kind: string;
  deployment: string | null;
}

interface GuardObject {
  spec?: {
    podSelector?: Selector;
    selector?: Selector;
    scaleTargetRef?: { kind?: string; name?: string };
  };
}
interface Selector {
  matchLabels?: Record<string, string>;
}

const kinds = [
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
] as const;

/** What guards the components of a namespace; of kinds that may not be looked at nothing is known. */
export async function readGuards(kube: Kube, namespace: string, deployments: readonly Deployment[]): Promise<Guard[]> {
  const lists = await Promise.all(
    kinds.map(async ([apiVersion, kind]) => {
      const objects = await kube.list<GuardObject>(collectionPath(apiVersion, kind, namespace)).catch(noneWhenHidden);
      return objects.flatMap((object) => guardedBy(object, deployments).map((deployment) => ({ kind, deployment })));
    }),
  );
  return lists.flat();
}

function guardedBy({ spec = {} }: GuardObject, deployments: readonly Deployment[]): (string | null)[] {
  const names = deployments.map(({ metadata }) => metadata.name);
  const { scaleTargetRef: target, selector = spec.podSelector } = spec;
  if (target) return names.filter((name) => target.kind === 'Deployment' && target.name === name);
  if (!selector) return [null];
  const wanted = Object.entries(selector.matchLabels ?? {});
  return deployments
    .filter(({ spec: { template } }) => wanted.every(([key, value]) => template.metadata?.labels?.[key] === value))
    .map(({ metadata }) => metadata.name);
}

/** What a component was guarded by and is not any more, by kind: a guard under another name is as good. */
export function lostGuards(deployment: string, before: readonly Guard[], now: readonly Guard[]): string[] {
  const kindsOf = (guards: readonly Guard[]): Set<string> =>
    new Set(
      guards.filter((guard) => guard.deployment === null || guard.deployment === deployment).map(({ kind }) => kind),
    );
  return [...kindsOf(before)].filter((kind) => !kindsOf(now).has(kind));
}

function noneWhenHidden(error: unknown): [] {
  if (isNotFound(error) || (error instanceof KubeError && error.status === 403)) return [];
  throw error;
}
