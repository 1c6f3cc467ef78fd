import { isStatusConditionTrue } from '../conditions.ts';
import { isEnded, isReady } from '../pod-state.ts';
import type { ContainerStatus, Pod } from '../types.ts';
import { age, ageColumn, nameColumn, orNone } from './columns.ts';
import type { Column } from './kind.ts';

/** The cells of a pod that kubectl works out from its container statuses. */
interface Summary {
  ready: number;
  total: number;
  restarts: number;
  /** When the newest earlier instance ended; empty when none did. */
  lastRestart: string;
  status: string;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  { name: 'Ready', cell: (pod) => `${summarize(pod).ready}/${summarize(pod).total}` },
  { name: 'Status', cell: (pod) => summarize(pod).status },
  {
    name: 'Restarts',
    cell(pod, nowMs) {
      const { restarts, lastRestart } = summarize(pod);
      return restarts > 0 && lastRestart ? `${restarts} (${age(lastRestart, nowMs)} ago)` : `${restarts}`;
    },
  },
  ageColumn,
  { name: 'IP', wide: true, cell: ({ status }) => orNone(status?.podIPs?.[0]?.ip ?? status?.podIP) },
  { name: 'Node', wide: true, cell: ({ spec }) => orNone(spec?.nodeName) },
  { name: 'Nominated Node', wide: true, cell: ({ status }) => orNone(status?.nominatedNodeName) },
  { name: 'Readiness Gates', wide: true, cell: readinessGates },
];

function summarize(pod: Pod): Summary {
  const { spec, status } = pod;
  const summary = {
    ready: 0,
    total: (spec?.containers?.length ?? 0) + sidecarsOf(pod).size,
    restarts: 0,
    lastRestart: '',
    status: status?.reason ?? status?.phase ?? '',
  };
  if (status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')) {
    summary.status = 'SchedulingGated';
  }
  const initializing = summarizeInitContainers(pod, summary);
  if (!initializing || isStatusConditionTrue(status?.conditions, 'Initialized')) summarizeContainers(pod, summary);
  if (pod.metadata.deletionTimestamp) {
    if (status?.reason === 'NodeLost') summary.status = 'Unknown';
    else if (!isEnded(pod)) summary.status = 'Terminating';
  }
  return summary;
}

/** Init containers that go on beside the others: they count as ready or not as these do. */
function sidecarsOf({ spec }: Pod): ReadonlySet<string> {
  const inits = spec?.initContainers ?? [];
  return new Set(inits.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
}

function summarizeInitContainers(pod: Pod, summary: Summary): boolean {
  const { spec, status } = pod;
  const count = spec?.initContainers?.length ?? 0;
  const sidecars = sidecarsOf(pod);
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    countRestarts(container, summary);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.status = `Init:${terminationText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.status = `Init:${waiting.reason}`;
    else summary.status = `Init:${index}/${count}`;
    return true;
  }
  return false;
}

function summarizeContainers(pod: Pod, summary: Summary): void {
  let running = false;
  summary.restarts = 0;
  summary.lastRestart = '';
  const sidecars = sidecarsOf(pod);
  for (const one of pod.status?.initContainerStatuses ?? []) if (sidecars.has(one.name)) countRestarts(one, summary);
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    countRestarts(container, summary);
    const { terminated, waiting } = container.state ?? {};
    if (waiting?.reason) summary.status = waiting.reason;
    else if (terminated) summary.status = terminationText(terminated);
    else if (container.ready && container.state?.running) {
      running = true;
      summary.ready += 1;
    }
  }
  if (summary.status === 'Completed' && running) {
    summary.status = isReady(pod) ? 'Running' : 'NotReady';
  }
}

function countRestarts(container: ContainerStatus, summary: Summary): void {
  summary.restarts += container.restartCount;
  const finishedAt = container.lastState?.terminated?.finishedAt ?? '';
  if (finishedAt > summary.lastRestart) summary.lastRestart = finishedAt;
}

function terminationText({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter(({ conditionType }) => isStatusConditionTrue(pod.status?.conditions, conditionType));
  return `${passed.length}/${gates.length}`;
}
