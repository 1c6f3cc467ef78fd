import type { Container } from '../types.ts';
import { forbiddenField, invalidValue, notFoundValue, oneOf, requiredValue } from './field-error.ts';
import { validateRelativePath } from './field-paths.ts';
import type { FieldError } from './kind.ts';

type Mount = NonNullable<Container['volumeMounts']>[number];

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

export function validateVolumeMounts(field: string, container: Container, volumeNames: Set<string>): FieldError[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(requiredValue(`${at}.name`));
    if (!volumeNames.has(mount.name)) errors.push(notFoundValue(`${at}.name`, mount.name ?? ''));
    if (!mount.mountPath) errors.push(requiredValue(`${at}.mountPath`));
    if (paths.has(mount.mountPath)) errors.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    return [...errors, ...validateParts(field, at, mount), ...validatePropagation(field, mount, container)];
  });
}

/** The messages about what is in the path name the list and not the mount. */
function validateParts(field: string, at: string, { subPath, subPathExpr }: Mount): FieldError[] {
  const errors = subPath ? validateRelativePath(`${field}.subPath`, subPath) : [];
  if (!subPathExpr) return errors;
  if (subPath) {
    errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  }
  return [...errors, ...validateRelativePath(`${field}.subPathExpr`, subPathExpr)];
}

function validatePropagation(field: string, { mountPropagation }: Mount, container: Container): FieldError[] {
  if (mountPropagation === undefined) return [];
  const errors = oneOf(`${field}.mountPropagation`, mountPropagation, PROPAGATIONS);
  if (mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
    const rule = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbiddenField(`${field}.mountPropagation`, rule));
  }
  return errors;
}
