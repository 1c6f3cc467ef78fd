/** How the replica sets of a deployment are told apart, named, annotated and numbered. */
import { isDeepStrictEqual } from 'node:util';
import { podTemplateHash } from '../../objects/hash.ts';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../objects/types.ts';
import { desiredReplicas, rolloutLimits } from './limits.ts';

const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

const REVISION_HISTORY_MAX_LENGTH = 2000;

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** The replica set that carries the deployment's template, if there is one; the oldest when there are several. */
export function findNewReplicaSet(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec?.template);
  return byAge(replicaSets).find((candidate) => isDeepStrictEqual(withoutHash(candidate.spec?.template), wanted));
}

/** Oldest first; names decide between equals, so that the order is stable. */
export function byAge(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  return replicaSets.toSorted(
    (a, b) =>
      (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
      (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''),
  );
}

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** A replica set for the deployment's template, not yet created. */
export function newReplicaSet(deployment: Deployment, old: readonly ReplicaSet[], replicas: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec ?? {};
  const hash = podTemplateHash(template as PodTemplateSpec, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const replicaSet: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [ownerReferenceTo(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
  replicaSet.metadata.annotations = newAnnotations(deployment, replicaSet, old);
  return replicaSet;
}

/** The new replica set as it should be beside its size: annotations, revision and minReadySeconds of the deployment. */
export function syncedReplicaSet(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet {
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const annotations = newAnnotations(deployment, current, old);
  const upToDate =
    (current.spec?.minReadySeconds ?? 0) === minReadySeconds &&
    isDeepStrictEqual(current.metadata.annotations ?? {}, annotations);
  if (upToDate || !current.spec) return current;
  return {
    ...current,
    metadata: { ...current.metadata, annotations },
    spec: { ...current.spec, minReadySeconds },
  };
}

/** The replica set with another size, and the annotations from which a later scaling takes its proportions. */
export function resized(deployment: Deployment, replicaSet: ReplicaSet, replicas: number): ReplicaSet {
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
  const same =
    desiredReplicas(replicaSet) === replicas && isDeepStrictEqual(replicaSet.metadata.annotations, annotations);
  if (same || !replicaSet.spec) return replicaSet;
  return { ...replicaSet, metadata: { ...replicaSet.metadata, annotations }, spec: { ...replicaSet.spec, replicas } };
}

/** A template that comes back, by undo, keeps its replica set; the revision goes forward all the same. */
function newAnnotations(
  deployment: Deployment,
  replicaSet: ReplicaSet,
  old: readonly ReplicaSet[],
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations = { ...replicaSet.metadata.annotations, ...Object.fromEntries(copied) };
  const before = revisionOf(replicaSet);
  const revision = Math.max(before, Math.max(0, ...old.map(revisionOf)) + 1);
  if (before > 0 && revision > before) {
    annotations[REVISION_HISTORY] = appended(annotations[REVISION_HISTORY], before);
  }
  return { ...sizeAnnotations(deployment), ...annotations, [REVISION]: String(revision) };
}

function appended(history: string | undefined, revision: number): string {
  const revisions = [...(history ? history.split(',') : []), String(revision)];
  while (revisions.join(',').length > REVISION_HISTORY_MAX_LENGTH) revisions.shift();
  return revisions.join(',');
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = desiredReplicas(deployment);
  return {
    [DESIRED_REPLICAS]: String(replicas),
    [MAX_REPLICAS]: String(replicas + rolloutLimits(deployment).maxSurge),
  };
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [HASH_LABEL]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}
