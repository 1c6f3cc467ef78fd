import { z } from 'zod';
import type { Baseline } from '../baseline.ts';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { foreignCode } from '../foreign-code.ts';
import { lostGuards } from '../guards.ts';
import { parseQuantity } from '../quantity.ts';
import { deploymentOf, mainContainer, type Container, type PodSpec, type Probe, type State } from '../state.ts';
import type { Finding } from '../verdict.ts';

const aspects = ['replicas', 'image', 'probes', 'limits', 'pod', 'service', 'schedule', 'guards'] as const;
const params = z.strictObject({
  deployment: z.string(),
  /** What to look at, where another issue of the same component minds the rest. Default: everything. */
  aspects: z.array(z.enum(aspects)).default([...aspects]),
});
type Params = z.infer<typeof params>;
type Before = Baseline['deployments'][number];

/** A repair may change a figure, but not by an order of magnitude. */
const maxFactor = 4;

/** What behaviour can't show in the time at hand: that nothing was switched off or bypassed to look well. */
export const guardrails = defineCheck<Params>({
  phase: 'after',
  params,
  run,
});

async function run(given: Params, { kube, namespace, state, baseline }: CheckContext): Promise<Finding> {
  const judged = judgeGuardrails(given, state, baseline);
  const { now, was } = containersOf(given.deployment, state, baseline);
  if (judged.verdict !== 'pass' || !given.aspects.includes('image') || !now || !was) return judged;
  const foreign = await foreignCode(kube, namespace, now, was);
  return foreign.length > 0 ? finding('fail', foreign.join('; '), meaningOf(given.deployment)) : judged;
}

function meaningOf(deployment: string): Meaning {
  return {
    expected: `${deployment} keeps what it had when all was well: replicas, probes, limits, its own image, its Service`,
    why: 'what is switched off to make an alert go away is missing on the day that it is needed',
    where: `kubectl get deployment ${deployment} -o yaml, compared with how it was deployed`,
  };
}

export function judgeGuardrails(given: Params, state: State, baseline: Baseline): Finding {
  const { deployment } = given;
  const meaning = meaningOf(deployment);
  const before = baseline.deployments.find(({ name }) => name === deployment);
  if (!before) return finding('undetermined', `the baseline does not know ${deployment}`, meaning);
  const found = breachesOf(before, state, baseline);
  const breaches = given.aspects.flatMap((aspect) => found[aspect]);
  return breaches.length > 0
    ? finding('fail', breaches.join('; '), meaning)
    : finding('pass', 'nothing was switched off or bypassed', meaning);
}

/** The container that does the work, as it is and as it was when all was well. */
function containersOf(name: string, state: State, baseline: Baseline): Record<'now' | 'was', Container | undefined> {
  const template = deploymentOf(state, name)?.spec.template.spec;
  const before = baseline.deployments.find((deployment) => deployment.name === name)?.template;
  return { now: template && mainContainer(template, name), was: before && mainContainer(before, name) };
}

function breachesOf(before: Before, state: State, baseline: Baseline): Record<(typeof aspects)[number], string[]> {
  const none = { replicas: [], image: [], probes: [], limits: [], pod: [], service: [], schedule: [], guards: [] };
  const deployment = deploymentOf(state, before.name);
  if (!deployment) return { ...none, replicas: [`Deployment ${before.name} is gone`] };
  const { replicas = 1, template } = deployment.spec;
  const { now, was } = containersOf(before.name, state, baseline);
  if (!now || !was) return { ...none, image: ['it has no container'] };
  return {
    replicas: replicas < before.replicas ? [`${replicas} replicas instead of ${before.replicas}`] : [],
    image: imageBreaches(now, was),
    probes: [
      ...probeBreaches('liveness', now.livenessProbe, was.livenessProbe),
      ...probeBreaches('readiness', now.readinessProbe, was.readinessProbe),
    ],
    limits: limitBreaches(now, was),
    pod: podBreaches(template.spec, before.template),
    service: serviceBreaches(before.name, state, baseline),
    schedule: cronJobBreaches(state, baseline),
    guards: guardBreaches(before.name, state, baseline),
  };
}

function imageBreaches(now: Container, was: Container): string[] {
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  return [
    ...(repositoryOf(now.image) === repositoryOf(was.image) ? [] : [`it runs another image, ${now.image}`]),
    ...(isSame(now.command, was.command) && isSame(now.args, was.args) ? [] : ['its command was replaced']),
    ...(isSame(now.lifecycle, was.lifecycle) ? [] : ['it has other lifecycle hooks']),
  ];
}

/** The name without registry, tag and digest: any build of the service is fine. */
function repositoryOf(image: string): string {
  return (image.split('@')[0] ?? '').replace(/:[^:/]+$/, '').replace(/^(docker\.io\/)?(library\/)?/, '');
}

function probeBreaches(name: string, now: Probe | undefined, was: Probe | undefined): string[] {
  if (!was) return [];
  if (!now) return [`the ${name} probe is gone`];
  if (was.httpGet && !now.httpGet) return [`the ${name} probe no longer asks the service over HTTP`];
  if (now.httpGet?.host && !was.httpGet?.host) return [`the ${name} probe asks another host`];
  const limitS = Math.max(120, maxFactor * delayOf(was));
  const delayS = delayOf(now);
  return delayS > limitS ? [`the ${name} probe acts only after ${delayS} s`] : [];
}

/** Seconds until a probe acts on a container that was dead from the start. */
function delayOf({
  initialDelaySeconds = 0,
  periodSeconds = 10,
  timeoutSeconds = 1,
  failureThreshold = 3,
}: Probe): number {
  return initialDelaySeconds + Math.max(periodSeconds, timeoutSeconds) * failureThreshold;
}

function limitBreaches(now: Container, was: Container): string[] {
  return Object.entries(was.resources?.limits ?? {}).flatMap(([resource, before]) => {
    const limit = now.resources?.limits?.[resource];
    const [amount, amountBefore] = [parseQuantity(limit), parseQuantity(before)];
    if (amount === undefined || amountBefore === undefined) return [`the ${resource} limit is gone`];
    return amount > amountBefore * maxFactor ? [`the ${resource} limit is ${limit}, far above ${before}`] : [];
  });
}

function podBreaches(now: PodSpec, was: PodSpec): string[] {
  const claims = (spec: PodSpec): string[] =>
    (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
  const kept = new Set(claims(now));
  const lost = claims(was).filter((claim) => !kept.has(claim));
  return [
    ...(now.hostAliases?.length ? ['names are written into its hosts file'] : []),
    ...(now.hostNetwork && !was.hostNetwork ? ["it uses the node's network"] : []),
    ...(now.serviceAccountName === was.serviceAccountName
      ? []
      : [`it runs as another service account, ${String(now.serviceAccountName)}`]),
    ...(now.hostPID && !was.hostPID ? ["it sees the node's processes"] : []),
    ...(now.dnsPolicy !== was.dnsPolicy ? [`its DNS policy is ${now.dnsPolicy}`] : []),
    ...lost.map((claim) => `the data volume ${claim} is no longer used`),
  ];
}

function serviceBreaches(name: string, state: State, baseline: Baseline): string[] {
  const was = baseline.services.find((service) => service.name === name);
  if (!was) return [];
  const now = state.services.find(({ metadata }) => metadata.name === name);
  if (!now) return [`Service ${name} is gone`];
  const { type = 'ClusterIP', ports = [] } = now.spec;
  const lost = was.ports.filter((port) => !ports.some((offered) => offered.port === port));
  return [
    ...(type === 'ExternalName' ? [`Service ${name} is an ExternalName`] : []),
    ...lost.map((port) => `Service ${name} no longer offers port ${port}`),
  ];
}

/** A restart by the clock hides what grows. */
function cronJobBreaches(state: State, baseline: Baseline): string[] {
  const added = state.cronJobs.filter(({ metadata }) => !baseline.cronJobs.includes(metadata.name));
  return added.map(({ metadata }) => `a CronJob ${metadata.name} was added`);
}

/** A policy, budget or quota that stood in the way is no repair when it is gone. */
function guardBreaches(name: string, { guards: now }: State, { guards: before }: Baseline): string[] {
  if (!before || !now) return [];
  return lostGuards(name, before, now).map((kind) => `no ${kind} guards it any more`);
}
