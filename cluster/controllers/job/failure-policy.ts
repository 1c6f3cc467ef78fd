import type { Job, Pod } from '../../objects/types.ts';
import type { JobFailure } from './failure.ts';

type Rule = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>['rules'][number];

/** Why a Job fails because of how one of its pods has failed; undefined when its policy says nothing of the kind. Pure. */
export function policyFailure(job: Job, pods: readonly Pod[]): JobFailure | undefined {
  for (const pod of pods) {
    const match = matchOf(job, pod);
    if (match?.rule.action === 'FailJob') return { reason: 'PodFailurePolicy', message: match.message };
  }
  return undefined;
}

/** Whether the failure of the pod does not count. Pure. */
export function isIgnored(job: Job, pod: Pod): boolean {
  return matchOf(job, pod)?.rule.action === 'Ignore';
}

/** Whether the failure of the pod is the end of its index, however many retries are left. Pure. */
export function failsIndex(job: Job, pod: Pod): boolean {
  return matchOf(job, pod)?.rule.action === 'FailIndex';
}

/** The first rule that means this pod, and what is said of it. */
function matchOf(job: Job, pod: Pod): { rule: Rule; message: string } | undefined {
  if (pod.status?.phase !== 'Failed') return undefined;
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const what = exitOf(rule, pod) ?? conditionOf(rule, pod);
    if (what) return { rule, message: `${what} matching ${rule.action} rule at index ${index}` };
  }
  return undefined;
}

function exitOf({ onExitCodes }: Rule, { metadata, status }: Pod): string | undefined {
  if (!onExitCodes) return undefined;
  const { containerName, operator, values } = onExitCodes;
  for (const { name, state } of [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]) {
    const { exitCode = 0 } = state?.terminated ?? {};
    if (exitCode === 0 || (containerName && containerName !== name)) continue;
    if (values.includes(exitCode) !== (operator === 'In')) continue;
    return `Container ${name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${exitCode}`;
  }
  return undefined;
}

function conditionOf({ onPodConditions = [] }: Rule, { metadata, status }: Pod): string | undefined {
  const found = onPodConditions.find((wanted) =>
    status?.conditions?.some((one) => one.type === wanted.type && one.status === (wanted.status ?? 'True')),
  );
  return found && `Pod ${metadata.namespace}/${metadata.name} has condition ${found.type}`;
}
