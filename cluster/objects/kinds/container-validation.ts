import { dnsLabelProblems, envNameProblems, portNameProblems, portNumberProblems } from '../names.ts';
import type { Container } from '../types.ts';
import {
  duplicateValue,
  forbiddenField,
  invalidValue,
  notFoundValue,
  oneOf,
  problemsAt,
  requiredValue,
} from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLifecycle, validateProbes } from './probe-validation.ts';
import { validateResources } from './resource-validation.ts';

/** Checks containers of one list, `spec.containers` or `spec.initContainers`. */
export function validateContainers(field: string, containers: Container[], volumeNames: Set<string>): FieldError[] {
  const names = new Set<string>();
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const errors = validateName(`${at}.name`, container.name, names);
    errors.push(...validateImage(`${at}.image`, container.image));
    errors.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']));
    errors.push(
      ...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File']),
    );
    errors.push(...validatePorts(`${at}.ports`, container.ports ?? []));
    errors.push(...validateEnv(`${at}.env`, container.env ?? []));
    errors.push(...validateEnvFrom(`${at}.envFrom`, container.envFrom ?? []));
    errors.push(...validateVolumeMounts(`${at}.volumeMounts`, container.volumeMounts ?? [], volumeNames));
    errors.push(...validateLifecycle(`${at}.lifecycle`, container));
    errors.push(...validateProbes(at, container));
    errors.push(...validateResources(`${at}.resources`, container.resources));
    return errors;
  });
}

/** Checks a name that must be there, be a DNS label and be used once; `taken` learns it. */
export function validateName(field: string, name: string | undefined, taken: Set<string>): FieldError[] {
  if (!name) return [requiredValue(field)];
  const errors = problemsAt(field, name, dnsLabelProblems(name));
  if (taken.has(name)) errors.push(duplicateValue(field, name));
  taken.add(name);
  return errors;
}

function validateImage(field: string, image: string | undefined): FieldError[] {
  if (!image) return [requiredValue(field)];
  return image === image.trim() ? [] : [invalidValue(field, image, 'must not have leading or trailing whitespace')];
}

function validatePorts(field: string, ports: NonNullable<Container['ports']>): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      errors.push(...problemsAt(`${at}.name`, port.name, portNameProblems(port.name)));
      if (names.has(port.name)) errors.push(duplicateValue(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(requiredValue(`${at}.containerPort`));
    else errors.push(...problemsAt(`${at}.containerPort`, port.containerPort, portNumberProblems(port.containerPort)));
    if (port.hostPort) errors.push(...problemsAt(`${at}.hostPort`, port.hostPort, portNumberProblems(port.hostPort)));
    errors.push(...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    return errors;
  });
}

function validateEnv(field: string, env: NonNullable<Container['env']>): FieldError[] {
  return env.flatMap(({ name, value, valueFrom }, index) => {
    const at = `${field}[${index}]`;
    const errors = name ? problemsAt(`${at}.name`, name, envNameProblems(name)) : [requiredValue(`${at}.name`)];
    if (valueFrom) errors.push(...validateValueFrom(`${at}.valueFrom`, value, valueFrom));
    return errors;
  });
}

type ValueFrom = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;

function validateValueFrom(field: string, value: string | undefined, valueFrom: ValueFrom): FieldError[] {
  const sources = Object.keys(valueFrom).length;
  const errors: FieldError[] = [];
  for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = valueFrom[source];
    if (reference && !reference.name) errors.push(requiredValue(`${field}.${source}.name`));
    if (reference && !reference.key) errors.push(requiredValue(`${field}.${source}.key`));
  }
  if (valueFrom.fieldRef && !valueFrom.fieldRef.fieldPath) errors.push(requiredValue(`${field}.fieldRef.fieldPath`));
  if (sources === 0) {
    const choices =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalidValue(field, '', choices));
  } else if (value) {
    errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

function validateEnvFrom(field: string, sources: NonNullable<Container['envFrom']>): FieldError[] {
  return sources.flatMap(({ configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    if (configMapRef && secretRef)
      return [invalidValue(at, '', 'may not have more than one field specified at a time')];
    if (!configMapRef && !secretRef)
      return [invalidValue(at, '', 'must specify one of: `configMapRef` or `secretRef`')];
    const kind = configMapRef ? 'configMapRef' : 'secretRef';
    return (configMapRef ?? secretRef)?.name ? [] : [requiredValue(`${at}.${kind}.name`)];
  });
}

function validateVolumeMounts(
  field: string,
  mounts: NonNullable<Container['volumeMounts']>,
  volumeNames: Set<string>,
): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(requiredValue(`${at}.name`));
    else if (!volumeNames.has(mount.name)) errors.push(notFoundValue(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(requiredValue(`${at}.mountPath`));
    if (paths.has(mount.mountPath)) errors.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (mount.subPath && mount.subPath.split('/').includes('..')) {
      errors.push(invalidValue(`${at}.subPath`, mount.subPath, "must not contain '..'"));
    }
    if (mount.subPath && mount.subPathExpr) {
      errors.push(forbiddenField(`${at}.subPathExpr`, 'subPathExpr and subPath are mutually exclusive'));
    }
    return errors;
  });
}
