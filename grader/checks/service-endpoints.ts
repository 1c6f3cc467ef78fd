import { z } from 'zod';
import { defineCheck, finding, type Meaning } from '../check.ts';
import { isReady, podsOf, podWord, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ service: z.string(), deployment: z.string() });
type Params = z.infer<typeof params>;

/** The Service leads to all pods of its Deployment, and to nothing else. */
export const serviceEndpoints = defineCheck<Params>({
  phase: 'after',
  params,
  run: (given, { state }) => Promise.resolve(judgeEndpoints(given, state)),
});

export function judgeEndpoints({ service, deployment }: Params, state: State): Finding {
  const meaning: Meaning = {
    expected: `Service ${service} leads to the ready pods of Deployment ${deployment}, and only there`,
    why: 'a Service without endpoints refuses everyone; one that is too wide sends customers to the wrong place',
    where: `kubectl get endpoints ${service}: who is in it, and who should be`,
  };
  const found = state.services.find(({ metadata }) => metadata.name === service);
  if (!found) return finding('fail', `there is no Service ${service}`, meaning);
  if (found.spec.type === 'ExternalName') return finding('fail', `Service ${service} is an ExternalName`, meaning);
  const endpoints = state.endpointSlices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  const pods = podsOf(state, deployment);
  const own = new Set(pods.map(({ metadata }) => metadata.name));
  const strangers = endpoints.filter(({ targetRef }) => targetRef?.kind !== 'Pod' || !own.has(targetRef.name ?? ''));
  if (strangers.length > 0) {
    const names = strangers.map(({ targetRef, addresses }) => targetRef?.name ?? addresses[0]);
    return finding('fail', `Service ${service} also leads to ${names.slice(0, 5).join(', ')}`, meaning);
  }
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
