import { configKeyProblems, dnsSubdomainProblems, envNameProblems } from '../names.ts';
import type { Container } from '../types.ts';
import { invalidValue, problemsAt, requiredValue } from './field-error.ts';
import { envFields, validateFieldRef, validateResourceRef } from './field-ref-validation.ts';
import type { FieldError } from './kind.ts';

type Variable = NonNullable<Container['env']>[number];

const SOURCES = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

export function validateEnv(field: string, env: Variable[]): FieldError[] {
  return env.flatMap(({ name, value, valueFrom }, index) => {
    const at = `${field}[${index}]`;
    const errors = name ? problemsAt(`${at}.name`, name, envNameProblems(name)) : [requiredValue(`${at}.name`)];
    if (valueFrom) errors.push(...validateValueFrom(`${at}.valueFrom`, value, valueFrom));
    return errors;
  });
}

function validateValueFrom(
  field: string,
  value: string | undefined,
  valueFrom: NonNullable<Variable['valueFrom']>,
): FieldError[] {
  const { fieldRef, resourceFieldRef } = valueFrom;
  const sources = Object.keys(valueFrom).length;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateFieldRef(`${field}.fieldRef`, fieldRef, envFields));
  if (resourceFieldRef) errors.push(...validateResourceRef(`${field}.resourceFieldRef`, resourceFieldRef, false));
  for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = valueFrom[source];
    if (reference) errors.push(...validateKeyRef(`${field}.${source}`, reference));
  }
  if (sources === 0) errors.push(invalidValue(field, '', `must specify one of: ${SOURCES}`));
  else if (value) errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) {
    errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

/** A reference without a name is one to the name "", which is no good name. */
function validateKeyRef(field: string, { name = '', key }: { name?: string; key: string }): FieldError[] {
  return [
    ...problemsAt(`${field}.name`, name, dnsSubdomainProblems(name)),
    ...(key ? problemsAt(`${field}.key`, key, configKeyProblems(key)) : [requiredValue(`${field}.key`)]),
  ];
}

export function validateEnvFrom(field: string, sources: NonNullable<Container['envFrom']>): FieldError[] {
  return sources.flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const errors = prefix ? problemsAt(`${at}.prefix`, prefix, envNameProblems(prefix)) : [];
    for (const [kind, ref] of Object.entries({ configMapRef, secretRef })) {
      if (ref && !ref.name) errors.push(requiredValue(`${at}.${kind}.name`));
      else if (ref?.name) errors.push(...problemsAt(`${at}.${kind}.name`, ref.name, dnsSubdomainProblems(ref.name)));
    }
    if (!configMapRef && !secretRef) {
      errors.push(invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef && secretRef) {
      errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}
