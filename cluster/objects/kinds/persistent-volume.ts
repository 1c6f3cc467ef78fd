import type { PersistentVolume } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { accessModesText, ageColumn, nameColumn } from './columns.ts';
import { oneOf, requiredValue } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const persistentVolume: KindDefinition<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  subresources: ['status'],
  defaults(object) {
    const spec = (object.spec ??= {});
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath) spec.hostPath.type ??= '';
    canonicalizeQuantities(spec.capacity);
    object.status ??= {};
    object.status.phase ??= 'Pending';
  },
  validate({ spec = {}, ...object }) {
    const errors = validateMetadata(object);
    if (!spec.accessModes?.length) errors.push(requiredValue('spec.accessModes'));
    if (!spec.capacity?.storage) errors.push(requiredValue('spec.capacity'));
    const policies = ['Delete', 'Recycle', 'Retain'];
    return [...errors, ...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, policies)];
  },
  columns: [
    nameColumn,
    { name: 'Capacity', cell: ({ spec }) => spec?.capacity?.storage ?? '' },
    { name: 'Access Modes', cell: ({ spec }) => accessModesText(spec?.accessModes) },
    { name: 'Reclaim Policy', cell: ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? '' },
    {
      name: 'Status',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? '')),
    },
    {
      name: 'Claim',
      cell: ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''),
    },
    { name: 'StorageClass', cell: ({ spec }) => spec?.storageClassName ?? '' },
    { name: 'VolumeAttributesClass', cell: ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>' },
    { name: 'Reason', cell: ({ status }) => status?.reason ?? '' },
    ageColumn,
    { name: 'VolumeMode', wide: true, cell: ({ spec }) => spec?.volumeMode ?? '<unset>' },
  ],
};
