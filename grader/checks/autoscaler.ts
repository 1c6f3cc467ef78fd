import { z } from 'zod';
import { collectionPath } from '../../lib/kube/paths.ts';
import { playLoads, turnS, turnsOf, type ScalingRules } from '../autoscaler-model.ts';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { parseQuantity } from '../quantity.ts';
import { deploymentOf, mainContainer, podsOf, type Container, type Deployment, type Pod } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  /** Customers come in waves of this length, half of it busy. */
  waveSeconds: z.int().min(30).max(600).default(90),
});
type Params = z.infer<typeof params>;

interface MetricTarget {
  averageUtilization?: number;
  averageValue?: string;
}

/** The part of a HorizontalPodAutoscaler that is asked about. */
export interface Autoscaler {
  metadata: { name: string };
  spec: {
    scaleTargetRef: { kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: {
      type: string;
      resource?: { name: string; target: MetricTarget };
      containerResource?: { name: string; container: string; target: MetricTarget };
    }[];
    behavior?: ScalingRules['behavior'];
  };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

const busyTurns = 180 / turnS;
const quietTurns = 1_200 / turnS;
const waveMinutes = 20;
/** In ten minutes: up with the first customers, and down with the last. */
const maxTurns = 2;
/** How close to its limit a replica works when there is a rush. */
const rushShare = 0.9;

/** Replicas come with the load, go with it, and hold still in between. */
export const autoscaler = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, state, quick } = context;
  const meaning: Meaning = {
    expected: `${given.deployment} gets more replicas when there is more to do, fewer afterwards, and not up and down all the time`,
    why: 'one replica too few makes customers wait, and each that comes and goes costs its start',
    where: 'kubectl describe hpa: its figures, its conditions and its events',
  };
  const found = await kube.list<Autoscaler>(collectionPath('autoscaling/v2', 'HorizontalPodAutoscaler', namespace));
  const autoscalers = found.filter(({ spec }) => spec.scaleTargetRef.name === given.deployment);
  const deployment = deploymentOf(state, given.deployment);
  return judgeAutoscaler(given, { autoscalers, deployment, pods: podsOf(state, given.deployment), quick }, meaning);
}

export function judgeAutoscaler(
  { deployment: name, waveSeconds }: Params,
  seen: {
    autoscalers: readonly Autoscaler[];
    deployment: Deployment | undefined;
    pods: readonly Pod[];
    quick: boolean;
  },
  meaning: Meaning,
): Finding {
  const fail = (observed: string): Finding => finding('fail', observed, meaning);
  const [scaler, other] = seen.autoscalers;
  if (!seen.deployment) return fail(`there is no Deployment ${name}`);
  if (!scaler) return fail(`nothing scales ${name}`);
  if (other) return fail(`${scaler.metadata.name} and ${other.metadata.name} both scale ${name}`);
  const { spec, status } = scaler;
  if (seen.deployment.spec.replicas === 0) return fail(`${name} is scaled to zero, which switches the autoscaler off`);
  const container = mainContainer(seen.deployment.spec.template.spec, name);
  const target = targetOf(spec, seen.pods);
  if ('problem' in target) return fail(target.problem);
  const active = status?.conditions?.find(({ type }) => type === 'ScalingActive');
  if (!seen.quick && active?.status === 'False') return fail(`the autoscaler can't work: ${active.message}`);
  const limit = parseQuantity(container?.resources?.limits?.['cpu']);
  const rush = limit === undefined ? 10 : (limit * rushShare) / target.cores;
  const problem = problemOf({ minReplicas: 1, ...spec }, rush, waveSeconds);
  return problem === undefined
    ? finding('pass', `${scaler.metadata.name} follows the load and holds still`, meaning)
    : fail(problem);
}

/** Plays a rush, a quiet time and waves of customers. */
function problemOf(rules: ScalingRules, rush: number, waveSeconds: number): string | undefined {
  const { minReplicas } = rules;
  const loads = [...Array<number>(busyTurns).fill(rush * minReplicas), ...Array<number>(quietTurns).fill(0.1)];
  const series = playLoads(rules, loads);
  const grown = series[busyTurns] ?? 0;
  if (grown <= minReplicas) return `after three minutes of ${minReplicas} busy to the limit there are ${grown}`;
  const left = series.at(-1) ?? 0;
  if (left >= grown) return `twenty minutes after the rush there are still ${left}`;
  const waves = Array.from({ length: (waveMinutes * 60) / turnS }, (_, turn) =>
    (turn * turnS) % waveSeconds < waveSeconds / 2 ? 2.5 * minReplicas : 0.2 * minReplicas,
  );
  const turns = turnsOf(playLoads(rules, waves).slice(-600 / turnS));
  return turns > maxTurns
    ? `with customers who come in waves of ${waveSeconds} s the replicas turn round ${turns} times in ten minutes`
    : undefined;
}

/** What one replica uses of CPU when the autoscaler is content, or why it can't tell. */
function targetOf({ metrics = [] }: Autoscaler['spec'], pods: readonly Pod[]): { cores: number } | { problem: string } {
  const metric = metrics.find((one) => (one.resource ?? one.containerResource)?.name === 'cpu');
  const source = metric?.resource ?? metric?.containerResource;
  if (!source) return { problem: 'the autoscaler does not look at CPU' };
  const { averageUtilization, averageValue } = source.target;
  const value = parseQuantity(averageValue);
  if (value) return { cores: value };
  const [pod] = pods;
  if (!pod) return { problem: 'there is no pod to measure' };
  const only = metric?.containerResource?.container;
  const counted = pod.spec.containers.filter(({ name }) => only === undefined || name === only);
  if (counted.length === 0) return { problem: `no container is named ${only}` };
  const requests = counted.map(requestOf);
  const unsaid = counted.find((_, index) => !requests[index]);
  if (unsaid) return { problem: `of container ${unsaid.name} nobody knows what 100 % of its CPU would be` };
  return { cores: (requests.reduce<number>((sum, one) => sum + (one ?? 0), 0) * (averageUtilization ?? 80)) / 100 };
}

function requestOf({ resources }: Container): number | undefined {
  return parseQuantity(resources?.requests?.['cpu']);
}
