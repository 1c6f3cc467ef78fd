import { isIP } from 'node:net';
import type { Service } from '../types.ts';
import { duplicateValue, invalidValue, oneOf, requiredValue } from './field-error.ts';
import { validateIp } from './ip-validation.ts';
import type { FieldError } from './kind.ts';

type Spec = NonNullable<Service['spec']>;

/** Reached through the pods' own addresses: it has none itself. */
export function isHeadless({ clusterIPs }: Spec): boolean {
  return clusterIPs?.length === 1 && clusterIPs[0] === 'None';
}

/** What is wrong with the addresses that a Service asks for, before any is given to it. */
export function validateClusterIps(spec: Spec): FieldError[] {
  const { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (spec.type === 'ExternalName') return [];
  const at = 'spec.clusterIPs';
  const errors: FieldError[] = [];
  if (clusterIP && clusterIPs.length === 0) errors.push(requiredValue(at));
  if (clusterIP && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP)
    errors.push(invalidValue(at, clusterIPs, 'first value must match `clusterIP`'));
  if (!clusterIP && clusterIPs.length > 0)
    errors.push(invalidValue(at, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  ipFamilies.forEach((family, index) => {
    errors.push(...oneOf(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6']));
    if (ipFamilies.indexOf(family) < index) errors.push(duplicateValue(`spec.ipFamilies[${index}]`, family));
  });
  if (ipFamilyPolicy !== undefined)
    errors.push(
      ...oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
    );
  const misfits = addressProblems(clusterIPs);
  if (clusterIPs.length > 2) misfits.push(invalidValue(at, clusterIPs, 'may only hold up to 2 values'));
  return [...errors, ...(misfits.length > 0 ? misfits : familyMisfits(spec))];
}

function addressProblems(clusterIPs: readonly string[]): FieldError[] {
  return clusterIPs.flatMap((address, index) => {
    if (index > 0 || address !== 'None') return validateIp(`spec.clusterIPs[${index}]`, address);
    if (clusterIPs.length === 1) return [];
    return [invalidValue('spec.clusterIPs', clusterIPs, "'None' must be the first and only value")];
  });
}

/** At most one address of each family, in the order in which the families are named. */
function familyMisfits(spec: Spec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  if (isHeadless(spec)) return [];
  const found = clusterIPs.map((address) => `IPv${isIP(address)}`);
  const errors = clusterIPs.flatMap((address, index) => {
    const wanted = ipFamilies[index];
    if (wanted === undefined || wanted === found[index]) return [];
    const rule = `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``;
    return [invalidValue(`spec.clusterIPs[${index}]`, address, rule)];
  });
  if (new Set(found).size === found.length) return errors;
  return [invalidValue('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family'), ...errors];
}

/**
 * What this cluster, which has IPv4 only, cannot give. A Service without addresses and pods of its own may name
 * whatever families its endpoints have.
 */
export function validateFamilies(spec: Spec): FieldError[] {
  const { type, selector, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (type === 'ExternalName') return [];
  const policy = 'spec.ipFamilyPolicy';
  const needsTwo = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  if (ipFamilyPolicy === 'SingleStack') {
    if (clusterIPs.length === 2) return [invalidValue(policy, ipFamilyPolicy, `${needsTwo} cluster IPs are specified`)];
    if (ipFamilies.length === 2) return [invalidValue(policy, ipFamilyPolicy, `${needsTwo} IP families are specified`)];
  }
  const foreign = clusterIPs.flatMap((address, index) =>
    index >= ipFamilies.length && isIP(address) === 6
      ? [invalidValue(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster')]
      : [],
  );
  if (foreign.length > 0) return foreign;
  if (isHeadless(spec) && Object.keys(selector ?? {}).length === 0) return [];
  const errors: FieldError[] = [];
  if (ipFamilyPolicy === 'RequireDualStack')
    errors.push(invalidValue(policy, ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  ipFamilies.forEach((family, index) => {
    if (family === 'IPv6')
      errors.push(invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  });
  return errors;
}

/** Clients cache the address, so a Service keeps the one it has, unless it becomes or ceases to be another's name. */
export function validateAddressUpdate({ spec }: Service, old: Service | undefined): FieldError[] {
  const before = old?.spec;
  if (!spec || !before || spec.type === 'ExternalName' || before.type === 'ExternalName') return [];
  if (isHeadless(spec) && isHeadless(before)) return [];
  const { clusterIPs = [] } = spec;
  return (before.clusterIPs ?? []).flatMap((address, index) =>
    clusterIPs[index] === address
      ? []
      : [invalidValue(`spec.clusterIPs[${index}]`, clusterIPs, 'may not change once set')],
  );
}
