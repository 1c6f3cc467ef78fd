import { compareQuantities } from '../quantity.ts';
import type { PodSpec } from '../types.ts';
import { validateName } from './container-validation.ts';
import { forbiddenField, invalidValue, oneOf, requiredValue } from './field-error.ts';
import { validateFileMode, validateNoBacksteps, validateVolumePath } from './field-paths.ts';
import { fileFields, validateFieldRef, validateResourceRef } from './field-ref-validation.ts';
import type { FieldError } from './kind.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
type Item = NonNullable<NonNullable<Volume['configMap']>['items']>[number];
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];
type Projected = NonNullable<Volume['projected']>;
type Source = NonNullable<Projected['sources']>[number];

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const SHORTEST_TOKEN_SECONDS = 600;

/** In the order in which a server looks for them: the first one is taken for meant, each further one is refused. */
const sources: { [Kind in keyof Volume]?: (field: string, source: NonNullable<Volume[Kind]>) => FieldError[] } = {
  emptyDir: (field, { sizeLimit }) =>
    sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0
      ? [forbiddenField(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: validateHostPath,
  secret: (field, { secretName, defaultMode, items }) => [
    ...(secretName ? [] : [requiredValue(`${field}.secretName`)]),
    ...validateFileMode(`${field}.defaultMode`, defaultMode),
    ...validateItems(`${field}.items`, items),
  ],
  nfs: (field, { server, path }) => [
    ...(server ? [] : [requiredValue(`${field}.server`)]),
    ...(path ? [] : [requiredValue(`${field}.path`)]),
    ...(path && !path.startsWith('/') ? [invalidValue(`${field}.path`, path, 'must be an absolute path')] : []),
  ],
  persistentVolumeClaim: (field, { claimName }) => (claimName ? [] : [requiredValue(`${field}.claimName`)]),
  downwardAPI: (field, { defaultMode, items = [] }) => [
    ...validateFileMode(`${field}.defaultMode`, defaultMode),
    ...items.flatMap((item) => validateDownwardItem(field, item)),
  ],
  configMap: (field, { name, defaultMode, items }) => [
    ...(name ? [] : [requiredValue(`${field}.name`)]),
    ...validateFileMode(`${field}.defaultMode`, defaultMode),
    ...validateItems(`${field}.items`, items),
  ],
  projected: validateProjected,
  csi: (field, { driver }) => (driver ? [] : [requiredValue(`${field}.driver`)]),
  ephemeral: (field, { volumeClaimTemplate }) =>
    volumeClaimTemplate ? [] : [requiredValue(`${field}.volumeClaimTemplate`)],
  image: (field, { reference, pullPolicy }) => [
    ...(reference ? [] : [requiredValue(`${field}.reference`)]),
    ...(pullPolicy ? oneOf(`${field}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never']) : []),
  ],
};

/** Checks the volumes of a pod; `names` learns those that containers can mount, which are the good ones. */
export function validateVolumes(field: string, volumes: readonly Volume[], names: Set<string>): FieldError[] {
  return volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const taken = new Set(names);
    const errors = [...validateSources(at, volume), ...validateName(`${at}.name`, volume.name, taken)];
    if (errors.length === 0) names.add(volume.name);
    return errors;
  });
}

function validateSources(field: string, volume: Volume): FieldError[] {
  const known = Object.keys(sources).filter((kind) => volume[kind as keyof Volume] !== undefined);
  const others = Object.keys(volume).filter((kind) => kind !== 'name' && !(kind in sources));
  return [...known, ...others].flatMap((kind, place) => {
    if (place > 0) return [forbiddenField(`${field}.${kind}`, 'may not specify more than 1 volume type')];
    const check = sources[kind as keyof Volume] as ((at: string, source: unknown) => FieldError[]) | undefined;
    return check?.(`${field}.${kind}`, volume[kind as keyof Volume]) ?? [];
  });
}

export function validateHostPath(field: string, { path, type }: { path: string; type?: string }): FieldError[] {
  if (!path) return [requiredValue(`${field}.path`)];
  return [
    ...validateNoBacksteps(`${field}.path`, path),
    ...(type === undefined ? [] : oneOf(`${field}.type`, type, HOST_PATH_TYPES)),
  ];
}

function validateItems(field: string, items: readonly Item[] = []): FieldError[] {
  return items.flatMap(({ key, path, mode }, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(key ? [] : [requiredValue(`${at}.key`)]),
      ...validateVolumePath(`${at}.path`, path),
      ...validateFileMode(`${at}.mode`, mode),
    ];
  });
}

/** The messages name the list and not the item. */
function validateDownwardItem(field: string, { path, fieldRef, resourceFieldRef, mode }: DownwardItem): FieldError[] {
  const errors = validateVolumePath(`${field}.path`, path);
  if (fieldRef) {
    errors.push(...validateFieldRef(`${field}.fieldRef`, fieldRef, fileFields));
    if (resourceFieldRef) {
      const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalidValue(field, 'resource', rule));
    }
  } else if (resourceFieldRef) {
    errors.push(...validateResourceRef(`${field}.resourceFieldRef`, resourceFieldRef, true));
  } else {
    errors.push(requiredValue(field, 'one of fieldRef and resourceFieldRef is required'));
  }
  return [...errors, ...validateFileMode(`${field}.mode`, mode)];
}

function validateProjected(field: string, { defaultMode, sources: list = [] }: Projected): FieldError[] {
  const paths = new Set<string>();
  const errors = validateFileMode(`${field}.defaultMode`, defaultMode);
  list.forEach((source, index) => {
    const at = `${field}.sources[${index}]`;
    errors.push(...validateSource(at, field, source));
    for (const path of pathsOf(source)) {
      if (paths.has(path)) errors.push(invalidValue(field, path, 'conflicting duplicate paths'));
      paths.add(path);
    }
    if (Object.keys(source).length > 1) {
      errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
    }
  });
  return errors;
}

function validateSource(field: string, volume: string, source: Source): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['secret', 'configMap'] as const) {
    const { name, items } = source[kind] ?? {};
    if (source[kind] && !name) errors.push(requiredValue(`${field}.${kind}.name`));
    errors.push(...validateItems(`${field}.${kind}.items`, items));
  }
  for (const item of source.downwardAPI?.items ?? []) {
    errors.push(...validateDownwardItem(`${field}.downwardAPI`, item));
  }
  const token = source.serviceAccountToken;
  if (!token) return errors;
  if ((token.expirationSeconds ?? 0) < SHORTEST_TOKEN_SECONDS) {
    const rule = 'may not specify a duration less than 10 minutes';
    errors.push(invalidValue(`${field}.serviceAccountToken.expirationSeconds`, token.expirationSeconds, rule));
  }
  return [...errors, ...validateVolumePath(`${volume}.path`, token.path)];
}

function pathsOf({ secret, configMap, downwardAPI }: Source): string[] {
  return [secret, configMap, downwardAPI].flatMap((source) => (source?.items ?? []).map(({ path }) => path));
}
