import { dnsLabelProblems, portNameProblems, portNumberProblems } from '../names.ts';
import type { Container, PodSpec } from '../types.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { duplicateValue, forbiddenField, notFoundValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateVolumeMounts } from './mount-validation.ts';
import { validateLifecycle, validateProbes } from './probe-validation.ts';
import { validateResources } from './resource-validation.ts';
import { validateContainerSecurity } from './security-validation.ts';

type EphemeralContainer = NonNullable<PodSpec['ephemeralContainers']>[number];

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';
const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';

/** Checks all containers of a pod or a template, in the order in which a server does. */
export function validateContainers(field: string, spec: PodSpec, volumeNames: Set<string>): FieldError[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec as Partial<PodSpec>;
  const names = new Set<string>();
  const errors: FieldError[] = containers.length > 0 ? [] : [requiredValue(`${field}.containers`)];
  containers.forEach((container, index) => {
    const at = `${field}.containers[${index}]`;
    errors.push(...validateContainer(at, container, volumeNames), ...takeName(at, container, names));
    errors.push(...validateLifecycle(`${at}.lifecycle`, container, spec.terminationGracePeriodSeconds));
    errors.push(...validateProbes(at, container));
  });
  errors.push(...validateHostPorts(`${field}.containers`, containers));
  initContainers.forEach((container, index) => {
    const at = `${field}.initContainers[${index}]`;
    errors.push(...validateContainer(at, container, volumeNames));
    if (container.restartPolicy !== undefined) {
      errors.push(...oneOf(`${at}.restartPolicy`, container.restartPolicy, ['Always']));
    }
    errors.push(...takeName(at, container, names), ...validateHostPorts(`${field}.initContainers`, [container]));
    errors.push(...validateInitContainer(at, container, spec));
  });
  ephemeralContainers.forEach((container, index) => {
    errors.push(
      ...validateEphemeralContainer(`${field}.ephemeralContainers[${index}]`, container, spec, volumeNames, names),
    );
  });
  return errors;
}

/** What holds for containers of each kind. */
function validateContainer(at: string, container: Container, volumeNames: Set<string>): FieldError[] {
  const errors = container.name
    ? problemsAt(`${at}.name`, container.name, dnsLabelProblems(container.name))
    : [requiredValue(`${at}.name`)];
  if (!container.image) errors.push(requiredValue(`${at}.image`));
  errors.push(
    ...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError']),
  );
  errors.push(...validatePorts(`${at}.ports`, container.ports ?? []));
  errors.push(...validateEnv(`${at}.env`, container.env ?? []));
  errors.push(...validateEnvFrom(`${at}.envFrom`, container.envFrom ?? []));
  errors.push(...validateVolumeMounts(`${at}.volumeMounts`, container, volumeNames));
  (container.volumeDevices ?? []).forEach(({ name, devicePath }, index) => {
    const device = `${at}.volumeDevices[${index}]`;
    if (!volumeNames.has(name)) errors.push(notFoundValue(`${device}.name`, name));
    if (!devicePath) errors.push(requiredValue(`${device}.devicePath`));
  });
  errors.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES));
  errors.push(...validateResources(`${at}.resources`, container.resources));
  errors.push(...validateContainerSecurity(`${at}.securityContext`, container.securityContext));
  return errors;
}

function takeName(at: string, { name }: Container, names: Set<string>): FieldError[] {
  if (!name) return [];
  const errors = names.has(name) ? [duplicateValue(`${at}.name`, name)] : [];
  names.add(name);
  return errors;
}

/** An init container that is to run to its end is never probed; one that stays is a sidecar, and may be. */
function validateInitContainer(at: string, container: Container, spec: PodSpec): FieldError[] {
  if (container.restartPolicy === 'Always') {
    return [
      ...validateLifecycle(`${at}.lifecycle`, container, spec.terminationGracePeriodSeconds),
      ...validateProbes(at, container),
    ];
  }
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((part) =>
    container[part] ? [forbiddenField(`${at}.${part}`, NOT_FOR_INIT)] : [],
  );
}

function validateEphemeralContainer(
  at: string,
  container: EphemeralContainer,
  { containers, initContainers = [] }: PodSpec,
  volumeNames: Set<string>,
  names: Set<string>,
): FieldError[] {
  const errors = [...validateContainer(at, container, volumeNames), ...validateImageText(at, container)];
  errors.push(...takeName(at, container, names));
  const { targetContainerName } = container;
  if (targetContainerName && ![...containers, ...initContainers].some(({ name }) => name === targetContainerName)) {
    errors.push(notFoundValue(`${at}.targetContainerName`, targetContainerName));
  }
  const parts = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;
  for (const part of parts) if (container[part]) errors.push(forbiddenField(`${at}.${part}`, NOT_FOR_EPHEMERAL));
  return errors;
}

/** Of pods only, as templates with a blank there were accepted once. */
export function validateImageText(at: string, { image = '' }: Container): FieldError[] {
  const problems = image === image.trim() ? [] : ['must not have leading or trailing whitespace'];
  return problemsAt(`${at}.image`, image, problems);
}

/** Checks a name that must be there, be a DNS label and be used once; `taken` learns it. */
export function validateName(field: string, name: string | undefined, taken: Set<string>): FieldError[] {
  if (!name) return [requiredValue(field)];
  const errors = problemsAt(field, name, dnsLabelProblems(name));
  if (taken.has(name)) errors.push(duplicateValue(field, name));
  taken.add(name);
  return errors;
}

function validatePorts(field: string, ports: NonNullable<Container['ports']>): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const problems = portNameProblems(port.name);
      if (problems.length > 0) errors.push(...problemsAt(`${at}.name`, port.name, problems));
      else if (names.has(port.name)) errors.push(duplicateValue(`${at}.name`, port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errors.push(requiredValue(`${at}.containerPort`));
    else errors.push(...problemsAt(`${at}.containerPort`, port.containerPort, portNumberProblems(port.containerPort)));
    if (port.hostPort) errors.push(...problemsAt(`${at}.hostPort`, port.hostPort, portNumberProblems(port.hostPort)));
    errors.push(...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    return errors;
  });
}

/** The node has each port once. */
function validateHostPorts(field: string, containers: readonly Container[]): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, hostIP = '', protocol }, place) => {
      if (!hostPort) return [];
      const text = `${protocol}/${hostIP}/${hostPort}`;
      const isTaken = taken.has(text);
      taken.add(text);
      return isTaken ? [duplicateValue(`${field}[${index}].ports[${place}].hostPort`, text)] : [];
    }),
  );
}
