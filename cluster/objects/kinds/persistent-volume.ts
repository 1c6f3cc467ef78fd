import { parseQuantity } from '../quantity.ts';
import type { PersistentVolume } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { accessModesText, ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, oneOf, requiredValue, unsupportedValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { validateAccessModes } from './persistent-volume-claim.ts';
import { validateHostPath } from './volume-validation.ts';

type Spec = NonNullable<PersistentVolume['spec']>;

/** The kinds of volumes that there are still, in the order in which a server looks for them. */
const SOURCES = ['hostPath', 'nfs', 'rbd', 'cephfs', 'fc', 'iscsi', 'local', 'csi', 'flexVolume'] as const;

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
    errors.push(...validateAccessModes(spec.accessModes ?? [], requiredValue('spec.accessModes')));
    errors.push(...validateCapacity(spec.capacity));
    const policies = ['Delete', 'Recycle', 'Retain'];
    errors.push(...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, policies));
    return [...errors, ...validateSource(spec)];
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

function validateCapacity(capacity: Spec['capacity']): FieldError[] {
  const at = 'spec.capacity';
  const names = Object.keys(capacity ?? {});
  const errors = names.length > 0 ? [] : [requiredValue(at)];
  if (!names.includes('storage') || names.length > 1) {
    errors.push(unsupportedValue(at, capacity ?? null, ['storage']));
  }
  for (const [name, quantity] of Object.entries(capacity ?? {})) {
    if (parseQuantity(quantity) > 0) continue;
    errors.push(invalidValue(`${at}[${name}]`, quantity, 'must be greater than zero'));
  }
  return errors;
}

/** Where the bytes are: exactly one place. */
function validateSource(spec: Spec): FieldError[] {
  const given = SOURCES.filter((source) => spec[source] !== undefined);
  if (given.length === 0) return [requiredValue('spec', 'must specify a volume type')];
  const errors = given
    .slice(1)
    .map((source) => forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type'));
  if (given[0] === 'hostPath' && spec.hostPath) errors.push(...validateHostPath('spec.hostPath', spec.hostPath));
  if (spec.local && !spec.local.path) errors.push(requiredValue('spec.local.path'));
  if (spec.local && !spec.nodeAffinity) {
    errors.push(requiredValue('spec.nodeAffinity', 'Local volume requires node affinity'));
  }
  return errors;
}
