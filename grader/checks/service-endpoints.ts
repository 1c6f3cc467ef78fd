import { z } from 'zod';
import { defineCheck, finding, type Meaning } from '../check.ts';
import { isReady, podsOf, podWord, type EndpointSlice, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ service: z.string(), deployment: z.string() });
type Params = z.infer<typeof params>;

/** The Service leads to all pods of its Deployment, and to nothing else. */
export const serviceEndpoints = defineCheck<Params>({
  phase: 'after',
  params,
  run: (given, { state }) => Promise.resolve(judgeEndpoints(given, state)),
});

/**
 * Who stands behind a Service without being one of the Deployment's pods, in words. A slice may be written by hand: what
 * it says of a pod must be true.
 */
export function strangersBehind({ service, deployment }: Params, state: State): string[] {
  const pods = new Map(podsOf(state, deployment).map((pod) => [pod.metadata.name, pod]));
  const isOwn = ({ targetRef, addresses }: Endpoint): boolean => {
    const pod = targetRef?.kind === 'Pod' ? pods.get(targetRef.name ?? '') : undefined;
    const { podIP, podIPs = [] } = pod?.status ?? {};
    const isIts = (address: string): boolean => address === podIP || podIPs.some(({ ip }) => ip === address);
    return pod !== undefined && (podIP === undefined || addresses.every(isIts));
  };
  return readyEndpoints(service, state).flatMap((endpoint) =>
    isOwn(endpoint) ? [] : [endpoint.targetRef?.name ?? endpoint.addresses[0] ?? 'nobody'],
  );
}

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

function readyEndpoints(service: string, state: State): Endpoint[] {
  return state.endpointSlices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
}

export function judgeEndpoints({ service, deployment }: Params, state: State): Finding {
  const meaning: Meaning = {
    expected: `Service ${service} leads to the ready pods of Deployment ${deployment}, and only there`,
    why: 'a Service without endpoints refuses everyone; one that is too wide sends customers to the wrong place',
    where: `kubectl get endpoints ${service}: who is in it, and who should be`,
  };
  const found = state.services.find(({ metadata }) => metadata.name === service);
  if (!found) return finding('fail', `there is no Service ${service}`, meaning);
  if (found.spec.type === 'ExternalName') return finding('fail', `Service ${service} is an ExternalName`, meaning);
  const strangers = strangersBehind({ service, deployment }, state);
  if (strangers.length > 0) {
    return finding('fail', `Service ${service} also leads to ${strangers.slice(0, 5).join(', ')}`, meaning);
  }
  const endpoints = readyEndpoints(service, state);
  const pods = podsOf(state, deployment);
  const ready = pods.filter(isReady);
  const served = new Set(endpoints.map(({ targetRef }) => targetRef?.name));
  if (endpoints.length === 0) {
    const words = pods.length === 0 ? 'no pods' : pods.map(podWord).join(', ');
    return finding('fail', `Service ${service} has no endpoints (${deployment}: ${words})`, meaning);
  }
  const missing = ready.filter(({ metadata }) => !served.has(metadata.name));
  if (missing.length > 0) {
    return finding(
      'fail',
      `Service ${service} leaves out ${missing.map(({ metadata }) => metadata.name).join(', ')}`,
      meaning,
    );
  }
  return finding('pass', `Service ${service} leads to ${[...served].join(', ')}`, meaning);
}
