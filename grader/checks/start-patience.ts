import { z } from 'zod';
import { blockedBy, defineCheck, finding, type Meaning } from '../check.ts';
import {
  deploymentOf,
  isReady,
  mainContainer,
  podsOf,
  podWord,
  statusOf,
  type Pod,
  type Probe,
  type State,
} from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ deployment: z.string() });
type Params = z.infer<typeof params>;

/** On a busy node a start takes so many times as long as now. */
const reserve = 1.5;
/** A container that never starts must be noticed within this time. */
const maxPatienceS = 300;

/** The probes leave a start the time that it takes, and not for ever. */
export const startPatience = defineCheck<Params>({
  phase: 'after',
  params,
  run: (given, { state }) => Promise.resolve(judgePatience(given, state)),
});

export function judgePatience({ deployment: name }: Params, state: State): Finding {
  const meaning: Meaning = {
    expected: `${name} gets the time that its start takes, with some in reserve, before the cluster gives it up`,
    why: 'a service that is ended while it starts never starts, and on a busy day every start takes longer',
    where: `the events of ${name}'s pod, and how long after its start the first answer comes`,
  };
  const deployment = deploymentOf(state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const container = mainContainer(deployment.spec.template.spec, name);
  const pods = podsOf(state, name);
  const durations = pods.filter(isReady).map((pod) => startSecondsOf(pod, name));
  if (durations.length === 0) {
    const words = pods.length === 0 ? 'it has no pods' : [...new Set(pods.map(podWord))].join(', ');
    return finding('fail', `no pod of ${name} has ever come up (${words})`, meaning);
  }
  const longest = Math.max(...durations);
  if (!container || Number.isNaN(longest)) return blockedBy(name, 'its pods do not say when they started', meaning);
  const patience = patienceOf(container['startupProbe'] as Probe | undefined, container.livenessProbe);
  if (patience > maxPatienceS) {
    return finding('fail', `a container that never starts is left alone for ${patience} s`, meaning);
  }
  const words = `a start took ${longest} s, and is given up after ${patience} s`;
  return finding(patience >= longest * reserve ? 'pass' : 'fail', words, meaning);
}

/** From the container's start until the first time that it was ready, in whole seconds. */
function startSecondsOf(pod: Pod, deployment: string): number {
  const container = mainContainer(pod.spec, deployment);
  const started = statusOf(pod, container?.name ?? '')?.state?.running?.startedAt;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return Math.max(0, (Date.parse(ready ?? '') - Date.parse(started ?? '')) / 1000);
}

/** Seconds until a container that does not answer is ended. */
function patienceOf(startup: Probe | undefined, liveness: Probe | undefined): number {
  return startup ? actsAfterS(startup) : liveness ? actsAfterS(liveness) : Infinity;
}

/** The last of the failures that count; the first comes after the delay. */
function actsAfterS({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}
