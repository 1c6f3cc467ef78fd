import type { Pod } from '../objects/types.ts';

/** What others say about the pod's readiness gates. */
export function gateStates({ spec, status }: Pod): string {
  const gates = new Set((spec?.readinessGates ?? []).map(({ conditionType }) => conditionType));
  return JSON.stringify(
    status?.conditions?.filter(({ type }) => gates.has(type)).map(({ type, status }) => [type, status]),
  );
}

/** What of a pod a downward API volume may show and that can change. */
export function shownFields({ metadata }: Pod): string {
  return JSON.stringify([metadata.labels, metadata.annotations]);
}

/** How long the containers of a pod that goes may take, in milliseconds. */
export function graceOf(pod: Pod): number {
  return (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** The informer may still be behind what the kubelet itself has written. */
export function isOlder(pod: Pod, than: Pod): boolean {
  return Number(pod.metadata.resourceVersion) < Number(than.metadata.resourceVersion);
}
