import { isStatusConditionTrue } from '../conditions.ts';
import { canonicalJson } from '../hash.ts';
import { humanDuration } from '../duration.ts';
import { matchesLabels } from '../selector.ts';
import type { Job, PodTemplateSpec } from '../types.ts';
import { ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { invalidValue, nonNegative, oneOf, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate } from './pod-template.ts';
import { validatePodSpec } from './pod-validation.ts';

type Spec = NonNullable<Job['spec']>;

/** The label by which a Job selects its pods; its value is the Job's UID. */
const UID_LABEL = 'batch.kubernetes.io/controller-uid';

export const job: KindDefinition<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  defaults: defaultJob,
  validate: validateJob,
  columns: [
    nameColumn,
    { name: 'Status', cell: statusText },
    { name: 'Completions', cell: completionsText },
    { name: 'Duration', cell: durationText },
    ageColumn,
    ...workloadColumns,
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
};

function defaultJob(object: Job): void {
  const spec = (object.spec ??= {} as Spec);
  defaultTemplate(spec);
  spec.completionMode ??= 'NonIndexed';
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  // Where each index has retries of its own, there is no limit for all together.
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? [])
    for (const condition of onPodConditions ?? []) condition.status ??= 'True';
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  if (!spec.manualSelector && !spec.selector && object.metadata.uid) selectOwnPods(object, spec);
  object.status ??= {};
}

/** The server chooses the selector, so that two Jobs never take each other's pods. */
function selectOwnPods({ metadata }: Job, spec: Spec): void {
  const { uid = '', name = '' } = metadata;
  const template = (spec.template.metadata ??= {});
  template.labels = {
    ...template.labels,
    [UID_LABEL]: uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  spec.selector = { matchLabels: { [UID_LABEL]: uid } };
  if (!Object.keys(metadata.labels ?? {}).length) metadata.labels = { ...template.labels };
}

function validateJob(object: Job, old?: Job): FieldError[] {
  const spec = object.spec as Spec;
  const errors = [...validateMetadata(object), ...validateJobSpec('spec', spec)];
  if (!spec.selector) errors.push(requiredValue('spec.selector'));
  else if (!matchesLabels(spec.selector, spec.template.metadata?.labels)) {
    const { labels } = spec.template.metadata ?? {};
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (old?.spec) errors.push(...validateUpdate(spec, old));
  return errors;
}

/** Checks what a Job and the template of a CronJob have in common. */
export function validateJobSpec(field: string, spec: Spec): FieldError[] {
  const errors = [
    'parallelism',
    'completions',
    'backoffLimit',
    'activeDeadlineSeconds',
    'ttlSecondsAfterFinished',
  ].flatMap((name) => nonNegative(`${field}.${name}`, spec[name as 'parallelism']));
  if (spec.completionMode !== undefined) {
    errors.push(...oneOf(`${field}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed']));
    if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
      errors.push(requiredValue(`${field}.completions`, 'when completion mode is Indexed'));
    }
  }
  const at = `${field}.template.spec`;
  const podSpec = spec.template.spec ?? { containers: [] };
  errors.push(...validatePodSpec(at, podSpec));
  if (!['OnFailure', 'Never'].includes(podSpec.restartPolicy ?? '')) {
    errors.push(requiredValue(`${at}.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  }
  return errors;
}

function validateUpdate(spec: Spec, { spec: before, status }: Job): FieldError[] {
  const isStartable = before?.suspend && !status?.startTime;
  const fixed: [string, unknown, unknown][] = [
    ['spec.completions', spec.completions, before?.completions],
    ['spec.selector', spec.selector, before?.selector],
    ['spec.completionMode', spec.completionMode, before?.completionMode],
    ...(isStartable ? [] : [['spec.template', spec.template, before?.template] as [string, PodTemplateSpec, unknown]]),
  ];
  return fixed
    .filter(([, now, then]) => canonicalJson(now) !== canonicalJson(then))
    .map(([field, now]) => invalidValue(field, now, 'field is immutable'));
}

function statusText({ metadata, status }: Job): string {
  const holds = (type: string) => isStatusConditionTrue(status?.conditions, type);
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(endMs - Date.parse(status.startTime));
}
