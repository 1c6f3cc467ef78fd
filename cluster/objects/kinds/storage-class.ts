import type { StorageClass } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, oneOf, requiredValue } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

export const storageClass: KindDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  resource: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  defaults(object) {
    object.reclaimPolicy ??= 'Delete';
    object.volumeBindingMode ??= 'Immediate';
  },
  validate(object, old) {
    const errors = validateMetadata(object);
    if (!object.provisioner) errors.push(requiredValue('provisioner'));
    errors.push(...oneOf('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain']));
    errors.push(...oneOf('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']));
    for (const field of ['provisioner', 'reclaimPolicy'] as const) {
      if (old && old[field] !== object[field]) {
        errors.push(forbiddenField(field, `updates to ${field} are forbidden.`));
      }
    }
    return errors;
  },
  columns: [
    { ...nameColumn, cell: (object) => `${object.metadata.name}${isDefault(object) ? ' (default)' : ''}` },
    { name: 'Provisioner', cell: ({ provisioner }) => provisioner },
    { name: 'ReclaimPolicy', cell: ({ reclaimPolicy }) => reclaimPolicy ?? '' },
    { name: 'VolumeBindingMode', cell: ({ volumeBindingMode }) => volumeBindingMode ?? '<unset>' },
    { name: 'AllowVolumeExpansion', cell: ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false },
    ageColumn,
  ],
};

function isDefault({ metadata }: { metadata: StorageClass['metadata'] }): boolean {
  return metadata.annotations?.[DEFAULT_ANNOTATION] === 'true';
}
