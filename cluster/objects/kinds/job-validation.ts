import { canonicalJson } from '../hash.ts';
import { matchesLabels } from '../selector.ts';
import type { Job, ObjectMeta, PodTemplateSpec } from '../types.ts';
import { invalidValue, nonNegative, oneOf, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabelSelector, validateMetadata } from './metadata-validation.ts';
import { validatePodSpec } from './pod-validation.ts';

type Spec = NonNullable<Job['spec']>;

/** The label by which a Job selects its pods; its value is the Job's UID. */
export const UID_LABEL = 'batch.kubernetes.io/controller-uid';

/** The labels that the pods of a Job have, in the order in which they are looked at. */
export function ownLabels({ uid = '', name = '' }: ObjectMeta): Record<string, string> {
  return { 'controller-uid': uid, 'job-name': name, [UID_LABEL]: uid, 'batch.kubernetes.io/job-name': name };
}

export function validateJob(object: Job, old?: Job): FieldError[] {
  const spec = object.spec as Spec;
  const errors = validateMetadata(object);
  if (!old) errors.push(...validateGenerated(object, spec));
  errors.push(...validateJobSpec('spec', spec));
  if (spec.selector) errors.push(...validateLabelSelector('spec.selector', spec.selector));
  else errors.push(requiredValue('spec.selector'));
  const { labels } = spec.template.metadata ?? {};
  if (spec.selector && !matchesLabels(spec.selector, labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return old?.spec ? [...errors, ...validateUpdate(spec, old)] : errors;
}

/** A Job that is a copy of another one brings that one's selector and labels, which are not its own. */
function validateGenerated({ metadata }: Job, { manualSelector, selector, template }: Spec): FieldError[] {
  if (manualSelector || !selector || !metadata.uid) return [];
  const labels = template.metadata?.labels ?? {};
  const expected = ownLabels(metadata);
  const errors = Object.entries(expected).flatMap(([name, value]) => {
    const at = `spec.template.metadata.labels[${name}]`;
    if (labels[name] === value) return [];
    const rule = `must be '${value}'`;
    return [labels[name] === undefined ? requiredValue(at, rule) : invalidValue(at, labels, rule)];
  });
  if (matchesLabels(selector, expected)) return errors;
  return [...errors, invalidValue('spec.selector', selector, '`selector` not auto-generated')];
}

/** Checks what a Job and the template of a CronJob have in common. */
export function validateJobSpec(field: string, spec: Spec): FieldError[] {
  const errors = (
    [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
    ] as const
  ).flatMap((name) => nonNegative(`${field}.${name}`, spec[name]));
  errors.push(...validateIndexes(field, spec));
  const at = `${field}.template.spec`;
  const podSpec = spec.template.spec ?? { containers: [] };
  errors.push(...validatePodSpec(at, podSpec));
  const { restartPolicy = 'Always' } = podSpec;
  if (restartPolicy === 'Always') {
    errors.push(requiredValue(`${at}.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (restartPolicy === 'OnFailure' && spec.podFailurePolicy) {
    const rule = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalidValue(`${at}.restartPolicy`, restartPolicy, rule));
  } else {
    errors.push(...oneOf(`${at}.restartPolicy`, restartPolicy, ['OnFailure', 'Never']));
  }
  return errors;
}

/** What is said of single indexes has a meaning only where pods have one. */
function validateIndexes(field: string, spec: Spec): FieldError[] {
  const { completionMode = 'NonIndexed', completions, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors = oneOf(`${field}.completionMode`, completionMode, ['NonIndexed', 'Indexed']);
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(requiredValue(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completionMode === 'Indexed') {
    if (completions === undefined)
      errors.push(requiredValue(`${field}.completions`, 'when completion mode is Indexed'));
    else if ((maxFailedIndexes ?? 0) > completions)
      errors.push(
        invalidValue(`${field}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'),
      );
    return errors;
  }
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[name] !== undefined)
      errors.push(invalidValue(`${field}.${name}`, spec[name], 'requires indexed completion mode'));
  }
  return errors;
}

function validateUpdate(spec: Spec, { spec: before, status }: Job): FieldError[] {
  const isStartable = before?.suspend && !status?.startTime;
  const fixed: [string, unknown, unknown][] = [
    ...(spec.completionMode === 'Indexed' ? [] : [pair('completions', spec, before)]),
    pair('selector', spec, before),
    ...(isStartable ? [] : [['spec.template', spec.template, before?.template] as [string, PodTemplateSpec, unknown]]),
    pair('completionMode', spec, before),
    pair('podFailurePolicy', spec, before),
    pair('backoffLimitPerIndex', spec, before),
  ];
  const errors = fixed
    .filter(([, now, then]) => canonicalJson(now ?? null) !== canonicalJson(then ?? null))
    .map(([field, now]) => invalidValue(field, now, 'field is immutable'));
  const { completionMode, completions, parallelism } = spec;
  if (completionMode !== 'Indexed' || completions === before?.completions || completions === parallelism) return errors;
  return [
    ...errors,
    invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'),
  ];
}

function pair(name: keyof Spec, spec: Spec, before: Spec | undefined): [string, unknown, unknown] {
  return [`spec.${name}`, spec[name], before?.[name]];
}
