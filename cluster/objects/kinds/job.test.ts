/** What a server says of Jobs that are wrong in one way or another, and what it adds to those that are not. */
import { expect, it } from 'vitest';
import type { Job } from '../types.ts';
import { job } from './job.ts';
import { UID_LABEL } from './job-validation.ts';

const pod = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] };

function created(spec: object, uid = 'new'): Job {
  const object = { metadata: { name: 'pi', uid }, spec: { template: { spec: pod }, ...spec } } as unknown as Job;
  job.prepareForCreate?.(object, { name: 'somebody', groups: [] });
  job.defaults?.(object);
  return structuredClone(object);
}

function problems(object: Job, old?: Job): string[] {
  return (job.validate?.(object, old) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

it('selects its pods by its own UID, and names itself on them', () => {
  const { metadata, spec } = created({});
  const labels = {
    'controller-uid': 'new',
    'job-name': 'pi',
    [UID_LABEL]: 'new',
    'batch.kubernetes.io/job-name': 'pi',
  };
  expect(spec?.selector).toEqual({ matchLabels: { [UID_LABEL]: 'new' } });
  expect([spec?.template.metadata?.labels, metadata.labels]).toEqual([labels, labels]);
});

it('that is a copy of another one is refused: selector and labels are not its own', () => {
  const { spec } = created({}, 'old');
  const labels = JSON.stringify(spec?.template.metadata?.labels);
  expect(problems(created({ ...spec }))).toEqual([
    `spec.template.metadata.labels[controller-uid]: Invalid value: ${labels}: must be 'new'`,
    `spec.template.metadata.labels[${UID_LABEL}]: Invalid value: ${labels}: must be 'new'`,
    `spec.selector: Invalid value: {"matchLabels":{"${UID_LABEL}":"old"}}: \`selector\` not auto-generated`,
  ]);
});

const perIndex = (more: object) => ({ completionMode: 'Indexed', completions: 3, parallelism: 3, ...more });

it.each<[string, object, string[]]>([
  [
    'that starts its pods again for ever',
    { template: { spec: { ...pod, restartPolicy: 'Always' } } },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'with limits of indexes that it has not',
    { backoffLimitPerIndex: 1 },
    ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  ],
  [
    'where more indexes may fail than there are',
    perIndex({ maxFailedIndexes: 4 }),
    [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions',
    ],
  ],
  ['with limits of its indexes', perIndex({ backoffLimitPerIndex: 1, maxFailedIndexes: 3 }), []],
])('one %s', (_, spec, expected) => {
  expect(problems(created(spec))).toEqual(expected);
});

it('keeps what its pods were counted by, but an indexed one grows with its parallelism', () => {
  expect(problems(created({ completions: 2 }), created({ completions: 1 }))).toEqual([
    'spec.completions: Invalid value: 2: field is immutable',
  ]);
  const before = created(perIndex({}));
  expect(problems(created(perIndex({ completions: 4, parallelism: 4 })), before)).toEqual([]);
  expect(problems(created(perIndex({ completions: 4 })), before)).toEqual([
    'spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism',
  ]);
});
