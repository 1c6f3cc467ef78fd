import { dnsSubdomainProblems, searchDomainProblems } from '../names.ts';
import type { PodSpec } from '../types.ts';
import { invalidValue, problemsAt, requiredValue } from './field-error.ts';
import { validateIp } from './ip-validation.ts';
import type { FieldError } from './kind.ts';

const MOST_NAMESERVERS = 3;

/** Resolvers of a pod that does without the cluster's, or asks others too. */
export function validateDns(field: string, { dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  if (dnsPolicy === 'None' && !dnsConfig) {
    return [requiredValue(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const rule = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    return [requiredValue(`${field}.nameservers`, rule)];
  }
  const errors: FieldError[] = [];
  if (nameservers.length > MOST_NAMESERVERS) {
    errors.push(
      invalidValue(`${field}.nameservers`, nameservers, `must not have more than ${MOST_NAMESERVERS} nameservers`),
    );
  }
  nameservers.forEach((address, index) => errors.push(...validateIp(`${field}.nameservers[${index}]`, address)));
  searches.forEach((search, index) => errors.push(...validateSearch(`${field}.searches[${index}]`, search)));
  options.forEach(({ name }, index) => {
    if (!name) errors.push(requiredValue(`${field}.options[${index}]`, 'must not be empty'));
  });
  return errors;
}

/** A domain to search in may have underscores, and a dot at its end. */
function validateSearch(field: string, search: string): FieldError[] {
  if (search === '.') return [];
  const name = search.replace(/\.$/, '');
  return problemsAt(field, name, searchDomainProblems(name));
}

export function validateHostAliases(field: string, aliases: NonNullable<PodSpec['hostAliases']>): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...validateIp(`${field}[${index}].ip`, ip),
    ...hostnames.flatMap((name, place) =>
      problemsAt(`${field}[${index}].hostnames[${place}]`, name, dnsSubdomainProblems(name)),
    ),
  ]);
}
