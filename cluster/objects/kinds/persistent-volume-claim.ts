import { canonicalJson } from '../hash.ts';
import { parseQuantity } from '../quantity.ts';
import type { PersistentVolumeClaim } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { accessModesText, ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, oneOf, requiredValue, unsupportedValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

type Spec = NonNullable<PersistentVolumeClaim['spec']>;

export const persistentVolumeClaim: KindDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: ['status'],
  defaults(object) {
    const spec = (object.spec ??= {});
    spec.volumeMode ??= 'Filesystem';
    canonicalizeQuantities(spec.resources?.requests);
    canonicalizeQuantities(spec.resources?.limits);
    object.status ??= {};
    object.status.phase ??= 'Pending';
    canonicalizeQuantities(object.status.capacity);
  },
  validate: validateClaim,
  columns: [
    nameColumn,
    {
      name: 'Status',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? '')),
    },
    { name: 'Volume', cell: ({ spec }) => spec?.volumeName ?? '' },
    { name: 'Capacity', cell: ({ spec, status }) => (spec?.volumeName ? (status?.capacity?.storage ?? '0') : '') },
    {
      name: 'Access Modes',
      cell: ({ spec, status }) => (spec?.volumeName ? accessModesText(status?.accessModes) : ''),
    },
    { name: 'StorageClass', cell: ({ spec }) => spec?.storageClassName ?? '' },
    { name: 'VolumeAttributesClass', cell: ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>' },
    ageColumn,
    { name: 'VolumeMode', wide: true, cell: ({ spec }) => spec?.volumeMode ?? '<unset>' },
  ],
};

function validateClaim(object: PersistentVolumeClaim, old?: PersistentVolumeClaim): FieldError[] {
  const spec = object.spec ?? {};
  const errors = validateMetadata(object);
  if (!spec.accessModes?.length) errors.push(requiredValue('spec.accessModes', 'at least 1 access mode is required'));
  for (const mode of spec.accessModes ?? []) {
    if (!ACCESS_MODES.includes(mode)) errors.push(unsupportedValue('spec.accessModes', mode, ACCESS_MODES));
  }
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(requiredValue('spec.resources[storage]'));
  else if (parseQuantity(storage) <= 0) {
    errors.push(invalidValue('spec.resources[storage]', storage, 'must be greater than zero'));
  }
  errors.push(...oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']));
  if (old?.spec) errors.push(...validateUpdate(spec, old.spec, old.status?.capacity?.storage));
  return errors;
}

/** A claim may grow when bound, and be bound; all else is settled at its creation. */
function validateUpdate(spec: Spec, old: Spec, capacity: string | undefined): FieldError[] {
  if (canonicalJson(fixedPart(spec, old)) !== canonicalJson(fixedPart(old, old))) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [forbiddenField('spec', rule)];
  }
  const [wanted, before] = [spec.resources?.requests?.storage, old.resources?.requests?.storage];
  if (wanted && before && parseQuantity(wanted) < parseQuantity(before) && wanted !== capacity) {
    return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
  }
  return [];
}

function fixedPart(spec: Spec, old: Spec): unknown {
  const { resources, volumeAttributesClassName: _class, volumeName, storageClassName, ...rest } = spec;
  return {
    ...rest,
    resources: old.volumeName ? undefined : resources,
    volumeName: old.volumeName ? volumeName : undefined,
    storageClassName: old.storageClassName === undefined ? undefined : storageClassName,
  };
}
