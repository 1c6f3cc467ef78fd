import { describe, expect, it } from 'vitest';
import type { ReplicationController } from '../types.ts';
import { replicationController } from './replication-controller.ts';

const template = { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };

function completed(spec: object): ReplicationController {
  const object = { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old' }, spec };
  const copy = structuredClone(object) as ReplicationController;
  replicationController.defaults?.(copy);
  return copy;
}

function problems(spec: object): string[] {
  const errors = replicationController.validate?.(completed(spec)) ?? [];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

describe('a ReplicationController', () => {
  it('takes selector and labels from its template', () => {
    const { metadata, spec } = completed({ template });
    expect([metadata.labels, spec?.selector, spec?.replicas]).toEqual([{ app: 'old' }, { app: 'old' }, 1]);
  });

  it.each([
    [{}, ['spec.selector: Required value', 'spec.template: Required value']],
    [
      { selector: { app: 'other' }, template },
      ['spec.template.metadata.labels: Invalid value: {"app":"old"}: `selector` does not match template `labels`'],
    ],
    [
      { template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } } },
      [
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
      ],
    ],
  ])('of %j is refused', (spec, expected) => {
    expect(problems(spec)).toEqual(expected);
  });
});
