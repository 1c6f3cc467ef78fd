/** Where a pod may go: tolerations, how its like are spread, gates. */
import { labelValueProblems, qualifiedNameProblems } from '../names.ts';
import type { PodSpec } from '../types.ts';
import { duplicateValue, invalidValue, oneOf, problemsAt, requiredValue, unsupportedValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabelSelector } from './metadata-validation.ts';

type Toleration = NonNullable<PodSpec['tolerations']>[number];
type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(field: string, tolerations: readonly Toleration[]): FieldError[] {
  return tolerations.flatMap(({ key, operator = '', value = '', effect = '', tolerationSeconds }, index) => {
    const at = `${field}[${index}]`;
    const errors = key ? problemsAt(`${at}.key`, key, qualifiedNameProblems(key)) : [];
    if (!key && operator !== 'Exists') {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalidValue(`${at}.operator`, operator, rule));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const rule = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalidValue(`${at}.effect`, effect, rule));
    }
    if (operator === '' || operator === 'Equal') {
      const problems = labelValueProblems(value);
      if (problems.length > 0) errors.push(invalidValue(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      const rule = "value must be empty when `operator` is 'Exists'";
      const seconds = tolerationSeconds ?? null;
      const shown = { Key: key ?? '', Operator: operator, Value: value, Effect: effect, TolerationSeconds: seconds };
      if (value) errors.push(invalidValue(`${at}.operator`, shown, rule));
    } else errors.push(unsupportedValue(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect) errors.push(...oneOf(`${at}.effect`, effect, EFFECTS));
    return errors;
  });
}

export function validateSpread(field: string, constraints: readonly Constraint[]): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const at = `${field}[${index}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint as Partial<Constraint>;
    const errors = maxSkew > 0 ? [] : [invalidValue(`${at}.maxSkew`, maxSkew, 'must be greater than zero')];
    if (!topologyKey) errors.push(requiredValue(`${at}.topologyKey`, 'can not be empty'));
    errors.push(...oneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
    const isRepeated = constraints
      .slice(index + 1)
      .some((later) => later.topologyKey === topologyKey && later.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated) {
      const place = `${at}.{topologyKey, whenUnsatisfiable}`;
      errors.push(duplicateValue(place, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    errors.push(...validateMinDomains(`${at}.minDomains`, constraint));
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      if (constraint[policy] !== undefined) {
        errors.push(...oneOf(`${at}.${policy}`, constraint[policy], ['Honor', 'Ignore']));
      }
    }
    return labelSelector ? [...errors, ...validateLabelSelector(`${at}.labelSelector`, labelSelector)] : errors;
  });
}

function validateMinDomains(field: string, { minDomains, whenUnsatisfiable }: Constraint): FieldError[] {
  if (minDomains === undefined) return [];
  const errors = minDomains > 0 ? [] : [invalidValue(field, minDomains, 'must be greater than zero')];
  if (whenUnsatisfiable !== 'DoNotSchedule') {
    const rule = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(invalidValue(field, minDomains, rule));
  }
  return errors;
}

export function validateGates(field: string, gates: NonNullable<PodSpec['schedulingGates']>): FieldError[] {
  const names = new Set<string>();
  return gates.flatMap(({ name }, index) => {
    const at = `${field}[${index}]`;
    const errors = problemsAt(at, name, qualifiedNameProblems(name));
    if (names.has(name)) errors.push(duplicateValue(at, name));
    names.add(name);
    return errors;
  });
}
