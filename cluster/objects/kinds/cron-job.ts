import { findScheduleProblem } from '../schedule.ts';
import { dnsSubdomainProblems } from '../names.ts';
import type { CronJob } from '../types.ts';
import { age, ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { invalidValue, nonNegative, oneOf, requiredValue } from './field-error.ts';
import type { Column, FieldError, KindDefinition } from './kind.ts';
import { validateJobSpec } from './job-validation.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate } from './pod-template.ts';

type Spec = NonNullable<CronJob['spec']>;

/** A Job's name is the CronJob's, a dash and up to ten digits. */
const MAX_NAME_LENGTH = 52;

export const cronJob: KindDefinition<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  defaults(object) {
    const spec = (object.spec ??= {} as Spec);
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    spec.jobTemplate ??= {};
    spec.jobTemplate.metadata ??= {};
    defaultTemplate((spec.jobTemplate.spec ??= {} as NonNullable<Spec['jobTemplate']['spec']>));
    object.status ??= {};
  },
  validate: validateCronJob,
  columns: [
    nameColumn,
    { name: 'Schedule', cell: ({ spec }) => spec?.schedule ?? '' },
    { name: 'Timezone', cell: ({ spec }) => spec?.timeZone ?? '<none>' },
    { name: 'Suspend', cell: ({ spec }) => (spec?.suspend ? 'True' : 'False') },
    { name: 'Active', type: 'integer', cell: ({ status }) => status?.active?.length ?? 0 },
    {
      name: 'Last Schedule',
      cell: ({ status }, nowMs) => (status?.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>'),
    },
    ageColumn,
    ...workloadColumns.map((column): Column<CronJob> => {
      return {
        ...column,
        cell: ({ spec, ...object }, nowMs) => column.cell({ ...object, spec: spec?.jobTemplate.spec }, nowMs),
      };
    }),
  ],
};

function validateCronJob(object: CronJob): FieldError[] {
  const { spec } = object;
  const errors = validateMetadata(object, nameProblems);
  if (!spec.schedule) errors.push(requiredValue('spec.schedule'));
  else {
    const problem = findScheduleProblem(spec.schedule);
    if (problem) errors.push(invalidValue('spec.schedule', spec.schedule, problem));
  }
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds));
  if (spec.timeZone === '') {
    errors.push(invalidValue('spec.timeZone', '', 'timeZone must be nil or non-empty string'));
  } else if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    errors.push(invalidValue('spec.timeZone', spec.timeZone, `unknown time zone ${spec.timeZone}`));
  }
  errors.push(...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  if (spec.jobTemplate.spec) errors.push(...validateJobSpec('spec.jobTemplate.spec', spec.jobTemplate.spec));
  errors.push(...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit));
  errors.push(...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit));
  return errors;
}

function nameProblems(name: string): string[] {
  const tooLong = name.length > MAX_NAME_LENGTH ? [`must be no more than ${MAX_NAME_LENGTH} characters`] : [];
  return [...dnsSubdomainProblems(name), ...tooLong];
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
