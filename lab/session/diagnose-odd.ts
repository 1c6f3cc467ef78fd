/** What looks unusual in a namespace: symptoms in the cluster's own words, never a cause. Pure. */

interface Named {
  metadata: { name: string };
}
interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}
interface State {
  waiting?: { reason?: string };
  terminated?: { reason?: string; exitCode: number };
}

/** As much of each kind as is looked at; lists that could not be read are empty. */
export interface Seen {
  pods: readonly (Named & {
    metadata: { deletionTimestamp?: string };
    status?: {
      phase?: string;
      conditions?: Condition[];
      containerStatuses?: { name: string; ready: boolean; restartCount: number; state?: State; lastState?: State }[];
    };
  })[];
  deployments: readonly (Named & {
    spec: { replicas?: number; paused?: boolean };
    status?: { availableReplicas?: number; updatedReplicas?: number; conditions?: Condition[] };
  })[];
  services: readonly (Named & { spec: { selector?: Record<string, string> } })[];
  endpointSlices: readonly {
    metadata: { labels?: Record<string, string> };
    endpoints?: { conditions?: { ready?: boolean } }[] | null;
  }[];
  claims: readonly (Named & { status?: { phase?: string } })[];
  quotas: readonly (Named & { status?: { hard?: Record<string, string>; used?: Record<string, string> } })[];
  scalers: readonly (Named & { status?: { conditions?: Condition[] } })[];
  warnings: readonly { reason?: string; count?: number; involvedObject: { kind?: string; name?: string } }[];
}

const mostWarnings = 15;

/** One line for each thing that an engineer would stop at. */
export function oddities(seen: Seen): string[] {
  return [
    ...seen.pods.flatMap(podLines),
    ...seen.deployments.flatMap(deploymentLines),
    ...seen.services.flatMap((service) => serviceLines(service, seen.endpointSlices)),
    ...seen.claims.flatMap(({ metadata, status }) =>
      status?.phase === 'Bound' ? [] : [`volume claim ${metadata.name} is ${status?.phase ?? 'new'}`],
    ),
    ...seen.quotas.flatMap(quotaLines),
    ...seen.scalers.flatMap(scalerLines),
    ...warningLines(seen.warnings),
  ];
}

function podLines({ metadata, status }: Seen['pods'][number]): string[] {
  const { name } = metadata;
  if (metadata.deletionTimestamp) return [`pod ${name} is being deleted`];
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unscheduled) return [`pod ${name} has no node: ${unscheduled.message ?? unscheduled.reason ?? ''}`];
  return (status?.containerStatuses ?? []).flatMap(({ ready, restartCount, state, lastState }) => {
    const end = lastState?.terminated;
    const facts = [
      state?.waiting?.reason,
      !ready && !state?.waiting ? 'not ready' : undefined,
      restartCount > 0 ? `restarted ${times(restartCount)}` : undefined,
      end ? `last end: ${end.reason ?? 'Error'}, exit code ${end.exitCode}` : undefined,
    ].filter((fact) => fact !== undefined);
    return facts.length > 0 ? [`pod ${name}: ${facts.join(', ')}`] : [];
  });
}

function deploymentLines({ metadata: { name }, spec, status }: Seen['deployments'][number]): string[] {
  const wanted = spec.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  const updated = status?.updatedReplicas ?? 0;
  const failure = status?.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  return [
    wanted === 0 ? 'is scaled to 0' : undefined,
    available < wanted ? `has ${available} of ${wanted} replicas available` : undefined,
    updated < wanted ? `has ${updated} of ${wanted} replicas of its newest revision` : undefined,
    spec.paused ? 'is paused' : undefined,
    failure ? `can't make pods: ${failure.message ?? failure.reason ?? ''}` : undefined,
  ].flatMap((fact) => (fact === undefined ? [] : [`deployment ${name} ${fact}`]));
}

function serviceLines(
  { metadata: { name }, spec }: Seen['services'][number],
  slices: Seen['endpointSlices'],
): string[] {
  if (!spec.selector) return [];
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const isServed = own.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready !== false));
  return isServed ? [] : [`service ${name} has no endpoint that is ready`];
}

function quotaLines({ metadata: { name }, status }: Seen['quotas'][number]): string[] {
  const { hard = {}, used = {} } = status ?? {};
  return Object.entries(hard)
    .filter(([resource, most]) => used[resource] === most && most !== '0')
    .map(([resource, most]) => `quota ${name} is used up: ${resource} ${most}`);
}

function scalerLines({ metadata: { name }, status }: Seen['scalers'][number]): string[] {
  return (status?.conditions ?? []).flatMap(({ type, status: is, reason, message }) => {
    const isOdd = (type === 'ScalingLimited' && is === 'True') || (type !== 'ScalingLimited' && is === 'False');
    return isOdd ? [`autoscaler ${name}: ${reason ?? type}: ${message ?? ''}`] : [];
  });
}

function warningLines(warnings: Seen['warnings']): string[] {
  const counts = new Map<string, number>();
  for (const { reason = '', count = 1, involvedObject } of warnings) {
    const line = `${involvedObject.kind?.toLowerCase() ?? 'object'} ${involvedObject.name ?? ''}: ${reason}`;
    counts.set(line, (counts.get(line) ?? 0) + count);
  }
  const lines = [...counts].toSorted(([, one], [, other]) => other - one);
  return lines.slice(0, mostWarnings).map(([line, count]) => `warning, ${times(count)}: ${line}`);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
