import type { Container, PodSpec } from '../types.ts';
import { duplicateValue, goValue, invalidValue, oneOf, requiredValue, unsupportedValue } from './field-error.ts';
import { validateId, validateRelativePath } from './field-paths.ts';
import type { FieldError } from './kind.ts';

type ContainerSecurity = NonNullable<Container['securityContext']>;
type PodSecurity = NonNullable<PodSpec['securityContext']>;
type Profile = NonNullable<PodSecurity['seccompProfile']>;

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_RULE =
  'must have at most 253 characters and match regex ' +
  '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

/** The fields of a container's security context, in the order in which a server prints them. */
const SECURITY_FIELDS = [
  'capabilities',
  'privileged',
  'seLinuxOptions',
  'windowsOptions',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'readOnlyRootFilesystem',
  'allowPrivilegeEscalation',
  'procMount',
  'seccompProfile',
  'appArmorProfile',
] as const;

export function validateContainerSecurity(field: string, security: ContainerSecurity | undefined): FieldError[] {
  if (!security) return [];
  const { privileged, procMount, allowPrivilegeEscalation, capabilities, seccompProfile } = security;
  const errors = [
    ...validateId(`${field}.runAsUser`, security.runAsUser),
    ...validateId(`${field}.runAsGroup`, security.runAsGroup),
    ...(procMount === undefined ? [] : oneOf(`${field}.procMount`, procMount, ['Default', 'Unmasked'])),
    ...validateProfile(`${field}.seccompProfile`, seccompProfile, 'seccomp'),
  ];
  if (allowPrivilegeEscalation === false) {
    const shown = {
      ...goValue(security, SECURITY_FIELDS),
      Capabilities: capabilities ? goValue(capabilities, ['add', 'drop']) : null,
      SeccompProfile: seccompProfile ? goValue(seccompProfile, ['type', 'localhostProfile']) : null,
    };
    const rule = 'cannot set `allowPrivilegeEscalation` to false and';
    if (privileged) errors.push(invalidValue(field, shown, `${rule} \`privileged\` to true`));
    if (capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      errors.push(invalidValue(field, shown, `${rule} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  return [...errors, ...validateProfile(`${field}.appArmorProfile`, security.appArmorProfile, 'AppArmor')];
}

export function validatePodSecurity(field: string, spec: PodSpec): FieldError[] {
  const security = spec.securityContext ?? {};
  const errors = [
    ...validateId(`${field}.fsGroup`, security.fsGroup),
    ...validateId(`${field}.runAsUser`, security.runAsUser),
    ...validateId(`${field}.runAsGroup`, security.runAsGroup),
  ];
  (security.supplementalGroups ?? []).forEach((group, index) =>
    errors.push(...validateId(`${field}.supplementalGroups[${index}]`, group)),
  );
  if (spec.shareProcessNamespace && spec.hostPID) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalidValue(`${field}.shareProcessNamespace`, true, rule));
  }
  errors.push(...validateSysctls(`${field}.sysctls`, security.sysctls ?? []));
  if (security.fsGroupChangePolicy !== undefined) {
    errors.push(...oneOf(`${field}.fsGroupChangePolicy`, security.fsGroupChangePolicy, ['Always', 'OnRootMismatch']));
  }
  errors.push(...validateProfile(`${field}.seccompProfile`, security.seccompProfile, 'seccomp'));
  return [...errors, ...validateProfile(`${field}.appArmorProfile`, security.appArmorProfile, 'AppArmor')];
}

function validateSysctls(field: string, sysctls: NonNullable<PodSecurity['sysctls']>): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    if (!name) return [requiredValue(at)];
    if (name.length > 253 || !SYSCTL.test(name)) return [invalidValue(at, name, SYSCTL_RULE)];
    const isTaken = names.has(name);
    names.add(name);
    return isTaken ? [duplicateValue(at, name)] : [];
  });
}

function validateProfile(field: string, profile: Profile | undefined, what: 'seccomp' | 'AppArmor'): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  if (!type) {
    const name = what === 'seccomp' ? 'seccompProfile' : 'appArmorProfile';
    return [requiredValue(`${field}.type`, `type is required when ${name} is set`)];
  }
  if (!PROFILE_TYPES.includes(type)) return [unsupportedValue(`${field}.type`, type, PROFILE_TYPES)];
  const at = `${field}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return [requiredValue(at, `must be set when ${what} type is Localhost`)];
    return what === 'seccomp' ? validateRelativePath(at, localhostProfile) : [];
  }
  if (localhostProfile === undefined) return [];
  const shown = what === 'seccomp' ? goValue(profile, ['type', 'localhostProfile']) : localhostProfile;
  return [invalidValue(at, shown, `can only be set when ${what} type is Localhost`)];
}
