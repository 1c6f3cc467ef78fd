import type { Container, Pod, PodSpec, Probe } from '../types.ts';
import { canonicalizePodQuantities } from './canonical-quantities.ts';
import { qosClass } from './qos-class.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
type LifecycleHandler = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

const FILE_MODE = 0o644;
const TOKEN_LIFETIME_SECONDS = 3600;

/** What `kubectl get` shows as `SchedulingGated`. */
const schedulingGated = {
  // Always null there.
  lastProbeTime: null as unknown as string,
  lastTransitionTime: null as unknown as string,
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

/** What the server fills into every pod spec, a template's as well as a pod's own. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  const ephemeralContainers: Container[] = spec.ephemeralContainers ?? [];
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...ephemeralContainers]) {
    defaultContainer(container, spec.hostNetwork ?? false);
  }
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  canonicalizePodQuantities(spec);
}

/** What the server fills into pods only. */
export function defaultPod(pod: Pod): void {
  const spec = (pod.spec ??= { containers: [] });
  defaultPodSpec(spec);
  spec.enableServiceLinks ??= true;
  // As admission does, for pods that did not pass it.
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
  }
  const status = (pod.status ??= {});
  status.phase ??= 'Pending';
  status.qosClass ??= qosClass(spec);
  if (spec.schedulingGates?.length) status.conditions ??= [{ ...schedulingGated }];
}

function defaultContainer(container: Container, hostNetwork: boolean): void {
  container.imagePullPolicy ??= isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) defaultProbe(probe);
  }
  defaultHandler(container.lifecycle?.preStop);
  defaultHandler(container.lifecycle?.postStart);
}

/** Zero means "not given" for a probe's numbers, as it does for Go. */
function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc) probe.grpc.service ??= '';
  defaultHandler(probe);
}

function defaultHandler(handler: Pick<LifecycleHandler, 'httpGet'> | undefined): void {
  if (!handler?.httpGet) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ??= 'HTTP';
}

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.configMap) volume.configMap.defaultMode ??= FILE_MODE;
  if (volume.secret) volume.secret.defaultMode ??= FILE_MODE;
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.downwardAPI) volume.downwardAPI.defaultMode ??= FILE_MODE;
  if (volume.projected) volume.projected.defaultMode ??= FILE_MODE;
  const downward = [volume.downwardAPI, ...(volume.projected?.sources ?? []).map((source) => source.downwardAPI)];
  for (const item of downward.flatMap((source) => source?.items ?? [])) {
    if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1';
    if (item.resourceFieldRef) item.resourceFieldRef.divisor ??= '0';
  }
  for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= TOKEN_LIFETIME_SECONDS;
  }
}

/** No tag and no digest means `latest`; a colon before the last slash is a registry's port. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon === -1 || name.slice(colon + 1) === 'latest';
}
