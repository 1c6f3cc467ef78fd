/**
 * Which words a field may have, where the published types call them an enumeration; `""` is the empty one. The
 * generated models do not say it.
 *
 * Differs: signals (`stopSignal`) are not listed, and `kubectl explain` does not say what each word means.
 */
const protocol = 'SCTP TCP UDP';
const containerWords = {
  imagePullPolicy: 'Always IfNotPresent Never',
  terminationMessagePolicy: 'FallbackToLogsOnError File',
};
const profile = 'Localhost RuntimeDefault Unconfined';
const accessModes = 'ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod';
const volumeMode = 'Block Filesystem';
const quotaScopes =
  'BestEffort CrossNamespacePodAffinity NotBestEffort NotTerminating PriorityClass Terminating VolumeAttributesClass';
const preemptionPolicy = 'Never PreemptLowerPriority';
const reclaimPolicy = 'Delete Recycle Retain';
const taintEffects = 'NoExecute NoSchedule PreferNoSchedule';

/** By model and field. */
export const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CoreV1EndpointPort: { protocol },
  DiscoveryV1EndpointPort: { protocol },
  V1AppArmorProfile: { type: profile },
  V1AzureDiskVolumeSource: { cachingMode: 'None ReadOnly ReadWrite', kind: 'Dedicated Managed Shared' },
  V1Container: containerWords,
  V1ContainerPort: { protocol },
  V1CronJobSpec: { concurrencyPolicy: 'Allow Forbid Replace' },
  V1DaemonSetUpdateStrategy: { type: 'OnDelete RollingUpdate' },
  V1DeploymentStrategy: { type: 'Recreate RollingUpdate' },
  V1EndpointSlice: { addressType: 'FQDN IPv4 IPv6' },
  V1EphemeralContainer: containerWords,
  V1HTTPGetAction: { scheme: 'HTTP HTTPS' },
  V1HTTPIngressPath: { pathType: 'Exact ImplementationSpecific Prefix' },
  V1HostPathVolumeSource: {
    type: '"" BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket',
  },
  V1ImageVolumeSource: { pullPolicy: containerWords.imagePullPolicy },
  V1JobSpec: { completionMode: 'Indexed NonIndexed', podReplacementPolicy: 'Failed TerminatingOrFailed' },
  V1NamespaceStatus: { phase: 'Active Terminating' },
  V1NetworkPolicyPort: { protocol },
  V1NetworkPolicySpec: { policyTypes: 'Egress Ingress' },
  V1NodeSelectorRequirement: { operator: 'DoesNotExist Exists Gt In Lt NotIn' },
  V1NodeStatus: { phase: 'Pending Running Terminated' },
  V1PersistentVolumeClaimSpec: { accessModes, volumeMode },
  V1PersistentVolumeClaimStatus: { accessModes, phase: 'Bound Lost Pending' },
  V1PersistentVolumeSpec: { accessModes, persistentVolumeReclaimPolicy: reclaimPolicy, volumeMode },
  V1PersistentVolumeStatus: { phase: 'Available Bound Failed Pending Released' },
  V1PodDisruptionBudgetSpec: { unhealthyPodEvictionPolicy: 'AlwaysAllow IfHealthyBudget' },
  V1PodFailurePolicyOnExitCodesRequirement: { operator: 'In NotIn' },
  V1PodFailurePolicyRule: { action: 'Count FailIndex FailJob Ignore' },
  V1PodSecurityContext: { fsGroupChangePolicy: 'Always OnRootMismatch', supplementalGroupsPolicy: 'Merge Strict' },
  V1PodSpec: {
    dnsPolicy: 'ClusterFirst ClusterFirstWithHostNet Default None',
    preemptionPolicy,
    restartPolicy: 'Always Never OnFailure',
  },
  V1PodStatus: {
    phase: 'Failed Pending Running Succeeded Unknown',
    qosClass: 'BestEffort Burstable Guaranteed',
  },
  V1PortStatus: { protocol },
  V1PriorityClass: { preemptionPolicy },
  V1ResourceQuotaSpec: { scopes: quotaScopes },
  V1ScopedResourceSelectorRequirement: { operator: 'DoesNotExist Exists In NotIn', scopeName: quotaScopes },
  V1SeccompProfile: { type: profile },
  V1SecurityContext: { procMount: 'Default Unmasked' },
  V1ServicePort: { protocol },
  V1ServiceSpec: {
    externalTrafficPolicy: 'Cluster Local',
    internalTrafficPolicy: 'Cluster Local',
    ipFamilies: '"" IPv4 IPv6',
    ipFamilyPolicy: 'PreferDualStack RequireDualStack SingleStack',
    sessionAffinity: 'ClientIP None',
    type: 'ClusterIP ExternalName LoadBalancer NodePort',
  },
  V1StatefulSetSpec: { podManagementPolicy: 'OrderedReady Parallel' },
  V1StatefulSetUpdateStrategy: { type: 'OnDelete RollingUpdate' },
  V1StorageClass: { reclaimPolicy, volumeBindingMode: 'Immediate WaitForFirstConsumer' },
  V1Taint: { effect: taintEffects },
  V1Toleration: { effect: taintEffects, operator: 'Equal Exists' },
  V1TopologySpreadConstraint: {
    nodeAffinityPolicy: 'Honor Ignore',
    nodeTaintsPolicy: 'Honor Ignore',
    whenUnsatisfiable: 'DoNotSchedule ScheduleAnyway',
  },
  V1VolumeMount: { mountPropagation: 'Bidirectional HostToContainer None' },
};

/** The words that a field may have, in alphabetical order; undefined where it may have others. */
export function wordsOf(model: string, field: string): string[] | undefined {
  const fields = Object.hasOwn(words, model) ? words[model] : undefined;
  return fields && Object.hasOwn(fields, field)
    ? fields[field]?.split(' ').map((word) => (word === '""' ? '' : word))
    : undefined;
}
