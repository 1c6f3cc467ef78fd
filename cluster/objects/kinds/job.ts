import { isStatusConditionTrue } from '../conditions.ts';
import { humanDuration } from '../duration.ts';
import type { Job } from '../types.ts';
import { ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { ownLabels, UID_LABEL, validateJob } from './job-validation.ts';
import type { KindDefinition } from './kind.ts';
import { defaultTemplate } from './pod-template.ts';

type Spec = NonNullable<Job['spec']>;

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
  prepareForCreate: generateSelector,
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
  const { labels } = spec.template.metadata ?? {};
  if (!Object.keys(object.metadata.labels ?? {}).length && labels) object.metadata.labels = { ...labels };
  object.status ??= {};
}

/** The server chooses the selector, so that two Jobs never take each other's pods. What is said already stays. */
function generateSelector({ metadata, spec }: Job): void {
  if (!spec || spec.manualSelector) return;
  const template = ((spec.template ??= {}).metadata ??= {});
  template.labels = { ...template.labels, ...ownLabels(metadata), ...template.labels };
  const selector = (spec.selector ??= {});
  selector.matchLabels = { [UID_LABEL]: metadata.uid ?? '', ...selector.matchLabels };
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
