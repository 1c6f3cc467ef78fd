import type { ContainerStatus, Pod } from './types.ts';

/** The statuses of all containers of a pod, of whichever list. */
export function containerStatusesOf({ status }: Pod): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status ?? {};
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}
