import { canonicalJson } from '../hash.ts';
import { dnsSubdomainProblems } from '../names.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import type { PersistentVolumeClaim } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { accessModesText, ageColumn, nameColumn } from './columns.ts';
import { forbiddenField, invalidValue, oneOf, problemsAt, requiredValue, unsupportedValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

const ONE_POD = 'ReadWriteOncePod';

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
  const missing = requiredValue('spec.accessModes', 'at least 1 access mode is required');
  errors.push(...validateAccessModes(spec.accessModes ?? [], missing));
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(requiredValue('spec.resources[storage]'));
  else if (parseQuantity(storage) <= 0) {
    errors.push(invalidValue('spec.resources[storage]', storage, 'must be greater than zero'));
  }
  const { storageClassName, dataSource } = spec;
  if (storageClassName) {
    errors.push(...problemsAt('spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName)));
  }
  errors.push(...oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']));
  if (dataSource && !dataSource.name) errors.push(requiredValue('spec.dataSource.name'));
  if (dataSource && !dataSource.apiGroup && dataSource.kind !== 'PersistentVolumeClaim') {
    const rule = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalidValue('spec.dataSource', dataSource.kind, rule));
  }
  if (old?.spec) errors.push(...validateUpdate(spec, old.spec, old.status?.capacity?.storage));
  return errors;
}

/** Modes of a claim or a volume; `missing` is said when there are none. */
export function validateAccessModes(modes: readonly string[], missing: FieldError): FieldError[] {
  const at = 'spec.accessModes';
  const errors = modes.length > 0 ? [] : [missing];
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.push(unsupportedValue(at, mode, ACCESS_MODES));
  const others = modes.filter((mode) => mode !== ONE_POD && ACCESS_MODES.includes(mode));
  if (modes.includes(ONE_POD) && others.length > 0) {
    errors.push(forbiddenField(at, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

/** A claim may grow when bound, and be bound; all else is settled at its creation. */
function validateUpdate(spec: Spec, old: Spec, capacity: string | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (canonicalJson(fixedPart(spec, old)) !== canonicalJson(fixedPart(old, old))) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(forbiddenField('spec', rule));
  }
  const [wanted, before] = [spec.resources?.requests?.storage, old.resources?.requests?.storage];
  const isLess = wanted && before && compareQuantities(wanted, before) < 0;
  // A claim that asked for more than it could get may ask for less again, down to what it has.
  if (isLess && compareQuantities(wanted, capacity ?? '0') <= 0) {
    errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return errors;
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
