import { isEnded, isReady } from '../../objects/pod-state.ts';
import type { Pod, StatefulSet } from '../../objects/types.ts';
import { ordinalOf, revisionOf } from './identity.ts';
import { isAvailable } from './plan.ts';

type StatefulSetStatus = NonNullable<StatefulSet['status']>;

/** The status that follows from the pods. The update is complete when all pods are of its revision and ready. Pure. */
export function statefulSetStatus(
  set: StatefulSet,
  owned: readonly Pod[],
  revisions: { current: string; update: string },
  nowMs: number,
): StatefulSetStatus {
  const pods = owned.filter((pod) => ordinalOf(set, pod) !== undefined && !isEnded(pod));
  const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  const ofRevision = (revision: string) => staying.filter((pod) => revisionOf(pod) === revision).length;
  const replicas = pods.length;
  const readyReplicas = pods.filter(isReady).length;
  const updatedReplicas = ofRevision(revisions.update);
  const isComplete =
    set.spec?.updateStrategy?.type === 'RollingUpdate' && updatedReplicas === replicas && readyReplicas === replicas;
  const counts = {
    readyReplicas,
    updatedReplicas,
    currentReplicas: isComplete ? updatedReplicas : ofRevision(revisions.current),
  };
  return {
    availableReplicas: pods.filter((pod) => isAvailable(set, pod, nowMs)).length,
    collisionCount: 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    currentRevision: isComplete ? revisions.update : revisions.current,
    observedGeneration: set.metadata.generation,
    replicas,
    updateRevision: revisions.update,
  };
}
