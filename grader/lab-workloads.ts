import { canonical } from './bundle.ts';
import type { CheckContext } from './check.ts';
import { strangersBehind } from './checks/service-endpoints.ts';
import { deploymentOf, type PodSpec, type Service, type State } from './state.ts';

/** The lab's own workloads that answers rest on. Trainees may change them: a seat has all rights in both namespaces. */
const names = ['stand-in', 'telemetry'];

/** One of them, as the lab deployed it. */
export interface LabWorkload {
  name: string;
  template: PodSpec | null;
  service: Pick<Service['spec'], 'type' | 'selector' | 'ports'> | null;
}

export function describeLabWorkloads(state: State): LabWorkload[] {
  return names.map((name) => {
    const { type, selector, ports } = state.services.find(({ metadata }) => metadata.name === name)?.spec ?? {};
    const service = selector ? { ...(type && { type }), selector, ...(ports && { ports }) } : null;
    const template = deploymentOf(state, name)?.spec.template.spec;
    return { name, template: template ? withoutForwarding(template) : null, service };
  });
}

/** Whoever sends the traces on to a store of their own changes nothing in what is told here. */
function withoutForwarding(template: PodSpec): PodSpec {
  const containers = template.containers.map(({ env, ...container }) => ({
    ...container,
    env: (env ?? []).filter(({ name }) => name !== 'FORWARD_URL'),
  }));
  return { ...template, containers };
}

/** Why one of them can't be relied on; undefined when each is as the lab deployed it. Pure. */
export function alteredLabWorkload(before: readonly LabWorkload[], state: State): string | undefined {
  const now = describeLabWorkloads(state);
  const altered = before.find(
    (workload) =>
      canonical(workload) !== canonical(now.find(({ name }) => name === workload.name)) ||
      strangersBehind({ service: workload.name, deployment: workload.name }, state).length > 0,
  );
  return altered && `the lab's own ${altered.name} is not as the lab deployed it; brokenprod reset puts it back`;
}

/** @throws Error when what the lab brings along was changed: then its word counts neither for nor against anyone */
export function relyOnLab({ alteredLab }: Pick<CheckContext, 'alteredLab'>): void {
  if (alteredLab !== undefined) throw new Error(alteredLab);
}
