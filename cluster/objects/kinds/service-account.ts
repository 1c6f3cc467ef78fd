import type { ServiceAccount } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const serviceAccount: KindDefinition<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  validate: (object) => validateMetadata(object),
  columns: [nameColumn, { name: 'Secrets', cell: ({ secrets }) => secrets?.length ?? 0 }, ageColumn],
};
