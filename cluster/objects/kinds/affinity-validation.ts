import { dnsLabelProblems, dnsSubdomainProblems, labelValueProblems, qualifiedNameProblems } from '../names.ts';
import type { PodSpec } from '../types.ts';
import { forbiddenField, invalidValue, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabelSelector } from './metadata-validation.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
type NodeTerm = NodeSelector['nodeSelectorTerms'][number];
type Requirement = NonNullable<NodeTerm['matchExpressions']>[number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(field: string, affinity: Affinity | undefined): FieldError[] {
  if (!affinity) return [];
  const errors = affinity.nodeAffinity ? validateNodeAffinity(`${field}.nodeAffinity`, affinity.nodeAffinity) : [];
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const rules = affinity[kind];
    if (rules) errors.push(...validatePodAffinity(`${field}.${kind}`, rules));
  }
  return errors;
}

function validateNodeAffinity(field: string, affinity: NodeAffinity): FieldError[] {
  const required = affinity[REQUIRED];
  const errors = required ? validateNodeSelector(`${field}.${REQUIRED}`, required) : [];
  (affinity[PREFERRED] ?? []).forEach(({ weight, preference }, index) => {
    const at = `${field}.${PREFERRED}[${index}]`;
    errors.push(...validateWeight(`${at}.weight`, weight));
    // A preference may ask for what no label can say: it is never fulfilled, and does no harm.
    errors.push(...validateNodeTerm(`${at}.preference`, preference, false));
  });
  return errors;
}

export function validateNodeSelector(field: string, { nodeSelectorTerms }: NodeSelector): FieldError[] {
  const at = `${field}.nodeSelectorTerms`;
  if (!nodeSelectorTerms?.length) return [requiredValue(at, 'must have at least one node selector term')];
  return nodeSelectorTerms.flatMap((term, index) => validateNodeTerm(`${at}[${index}]`, term, true));
}

function validateNodeTerm(field: string, term: NodeTerm, isRequired: boolean): FieldError[] {
  const { matchExpressions = [], matchFields = [] } = term ?? {};
  return [
    ...matchExpressions.flatMap((one, index) =>
      validateExpression(`${field}.matchExpressions[${index}]`, one, isRequired),
    ),
    ...matchFields.flatMap((one, index) => validateFieldRule(`${field}.matchFields[${index}]`, one)),
  ];
}

function validateExpression(
  field: string,
  { key = '', operator, values = [] }: Partial<Requirement>,
  isRequired: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.values`;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(requiredValue(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const rule = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbiddenField(at, rule));
  } else if (operator === 'Gt' || operator === 'Lt') {
    const rule = "must be specified single value when `operator` is 'Lt' or 'Gt'";
    if (values.length !== 1) errors.push(requiredValue(at, rule));
  } else errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  errors.push(...problemsAt(`${field}.key`, key, qualifiedNameProblems(key)));
  if (!isRequired) return errors;
  return [
    ...errors,
    ...values.flatMap((value, index) => problemsAt(`${at}[${index}]`, value, labelValueProblems(value))),
  ];
}

/** Of a node's fields only its name can be asked for. */
function validateFieldRule(field: string, { key, operator, values = [] }: Requirement): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(requiredValue(`${field}.values`, rule));
  }
  if (key !== 'metadata.name') {
    return [...errors, invalidValue(`${field}.key`, key, 'not a valid field selector key')];
  }
  return [
    ...errors,
    ...values.flatMap((value, index) => problemsAt(`${field}.values[${index}]`, value, dnsSubdomainProblems(value))),
  ];
}

function validatePodAffinity(field: string, affinity: PodAffinity): FieldError[] {
  const errors = (affinity[REQUIRED] ?? []).flatMap((term, index) =>
    validatePodTerm(`${field}.${REQUIRED}[${index}]`, term),
  );
  (affinity[PREFERRED] ?? []).forEach(({ weight, podAffinityTerm }, index) => {
    const at = `${field}.${PREFERRED}[${index}]`;
    errors.push(...validateWeight(`${at}.weight`, weight));
    errors.push(...validatePodTerm(`${at}.podAffinityTerm`, podAffinityTerm));
  });
  return errors;
}

function validatePodTerm(field: string, term: Partial<PodTerm> | undefined): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term ?? {};
  const errors = labelSelector ? validateLabelSelector(`${field}.labelSelector`, labelSelector) : [];
  if (namespaceSelector) errors.push(...validateLabelSelector(`${field}.namespaceSelector`, namespaceSelector));
  for (const name of namespaces) errors.push(...problemsAt(`${field}.namespace`, name, dnsLabelProblems(name)));
  if (!topologyKey) errors.push(requiredValue(`${field}.topologyKey`, 'can not be empty'));
  return [...errors, ...problemsAt(`${field}.topologyKey`, topologyKey, qualifiedNameProblems(topologyKey))];
}

function validateWeight(field: string, weight: number): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalidValue(field, weight ?? 0, 'must be in the range 1-100')];
}
