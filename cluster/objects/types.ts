/**
 * The wire shapes of the Kubernetes API, as JSON has them. They are derived from the client library's
 * models (types only, nothing is imported at run time), where times are `Date`; on the wire they are strings.
 */
import type {
  CoreV1Event,
  V1CertificateSigningRequest,
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1ControllerRevision,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Endpoints,
  V1EndpointSlice,
  V1Ingress,
  V1IngressClass,
  V1Job,
  V1LabelSelector,
  V1Lease,
  V1LimitRange,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1ObjectMeta,
  V1OwnerReference,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1PodTemplateSpec,
  V1PolicyRule,
  V1PriorityClass,
  V1Probe,
  V1ReplicaSet,
  V1ReplicationController,
  V1ResourceQuota,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1ServicePort,
  V1StatefulSet,
  V1StorageClass,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';

/** A model as it travels: dates are RFC 3339 strings, words that the generator avoids (`_from`) are themselves again. */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Wire<T[Key]> }
      : T;

export type OwnerReference = Wire<V1OwnerReference>;
export type LabelSelector = Wire<V1LabelSelector>;

/** Metadata as the server keeps it: name and resourceVersion are always there on a stored object. */
export type ObjectMeta = Wire<V1ObjectMeta>;

/** Any object of the API. The store and the verbs know no more than this. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: unknown;
  status?: unknown;
}

/** A typed kind with the three fields that every stored object has. */
type Stored<T> = Omit<Wire<T>, 'apiVersion' | 'kind' | 'metadata'> & {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
};

export type Pod = Stored<V1Pod>;
export type PodSpec = Wire<V1PodSpec>;
export type PodTemplateSpec = Wire<V1PodTemplateSpec>;
export type Container = Wire<V1Container>;
export type ContainerStatus = Wire<V1ContainerStatus>;
export type ContainerState = Wire<V1ContainerState>;
export type Probe = Wire<V1Probe>;
export type Deployment = Stored<V1Deployment>;
export type ReplicaSet = Stored<V1ReplicaSet>;
export type ReplicationController = Stored<V1ReplicationController>;
export type Service = Stored<V1Service>;
export type ServicePort = Wire<V1ServicePort>;
export type Endpoints = Stored<V1Endpoints>;
export type EndpointSlice = Stored<V1EndpointSlice>;
export type ConfigMap = Stored<V1ConfigMap>;
export type Secret = Stored<V1Secret>;
export type Namespace = Stored<V1Namespace>;
export type Node = Stored<V1Node>;
export type ServiceAccount = Stored<V1ServiceAccount>;
export type PersistentVolume = Stored<V1PersistentVolume>;
export type PersistentVolumeClaim = Stored<V1PersistentVolumeClaim>;
export type StorageClass = Stored<V1StorageClass>;
export type Lease = Stored<V1Lease>;
export type PriorityClass = Stored<V1PriorityClass>;
export type Event = Stored<CoreV1Event>;
export type StatefulSet = Stored<V1StatefulSet>;
export type DaemonSet = Stored<V1DaemonSet>;
export type ControllerRevision = Stored<V1ControllerRevision>;
export type Job = Stored<V1Job>;
export type CronJob = Stored<V1CronJob>;
export type Role = Stored<V1Role>;
export type ClusterRole = Stored<V1ClusterRole>;
export type RoleBinding = Stored<V1RoleBinding>;
export type ClusterRoleBinding = Stored<V1ClusterRoleBinding>;
export type PolicyRule = Wire<V1PolicyRule>;
export type ResourceQuota = Stored<V1ResourceQuota>;
export type LimitRange = Stored<V1LimitRange>;
export type NetworkPolicy = Stored<V1NetworkPolicy>;
export type CertificateSigningRequest = Stored<V1CertificateSigningRequest>;
export type Ingress = Stored<V1Ingress>;
export type IngressClass = Stored<V1IngressClass>;
export type HorizontalPodAutoscaler = Stored<V2HorizontalPodAutoscaler>;
export type PodDisruptionBudget = Stored<V1PodDisruptionBudget>;
