import { certificateSigningRequest } from './certificate-signing-request.ts';
import { configMap } from './config-map.ts';
import { controllerRevision } from './controller-revision.ts';
import { cronJob } from './cron-job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { dropNulls } from './drop-nulls.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { event } from './event.ts';
import { horizontalPodAutoscaler, horizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler.ts';
import { ingressClass } from './ingress-class.ts';
import { ingress } from './ingress.ts';
import { job } from './job.ts';
import type { AnyKind } from './kind.ts';
import { lease } from './lease.ts';
import { limitRange } from './limit-range.ts';
import { namespace } from './namespace.ts';
import { networkPolicy } from './network-policy.ts';
import { node } from './node.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';
import { persistentVolume } from './persistent-volume.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { pod } from './pod.ts';
import { priorityClass } from './priority-class.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { resourceQuota } from './resource-quota.ts';
import { clusterRoleBinding, roleBinding } from './role-binding.ts';
import { clusterRole, role } from './role.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service-account.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';
import { storageClass } from './storage-class.ts';

/** In the order of a real server's discovery. */
const definitions: readonly AnyKind[] = [
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  controllerRevision,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  job,
  cronJob,
  certificateSigningRequest,
  ingressClass,
  ingress,
  networkPolicy,
  podDisruptionBudget,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  storageClass,
  priorityClass,
  lease,
  endpointSlice,
];

/** All kinds that the API serves. Their defaults begin with what decoding does in Go, where null is nothing. */
export const kinds: readonly AnyKind[] = definitions.map((kind) => ({
  ...kind,
  defaults(object) {
    dropNulls(object);
    kind.defaults?.(object);
  },
}));

/** Each resource once, as it is stored. */
export const storedKinds: readonly AnyKind[] = kinds.filter(({ conversion }) => !conversion);

/** The kind behind the last part of a URL, `deployments` of `apps/v1`. */
export function findKind(group: string, version: string, resource: string): AnyKind | undefined {
  return kinds.find((kind) => kind.group === group && kind.version === version && kind.resource === resource);
}

/** The kind that an object names, `Deployment` of `apps/v1`. */
export function findByKind(group: string, version: string, name: string): AnyKind | undefined {
  return kinds.find((kind) => kind.group === group && kind.version === version && kind.kind === name);
}
