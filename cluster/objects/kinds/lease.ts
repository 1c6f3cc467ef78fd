import type { Lease } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const lease: KindDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  createsOnUpdate: true,
  needsVersion: true,
  validate(object) {
    const seconds = object.spec?.leaseDurationSeconds;
    const errors = validateMetadata(object);
    if (seconds !== undefined && seconds <= 0) {
      errors.push(invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
    }
    return errors;
  },
  columns: [nameColumn, { name: 'Holder', cell: ({ spec }) => spec?.holderIdentity ?? '' }, ageColumn],
};
