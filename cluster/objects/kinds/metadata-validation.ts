import { dnsSubdomainProblems, labelValueProblems, qualifiedNameProblems } from '../names.ts';
import type { KubeObject, LabelSelector, OwnerReference } from '../types.ts';
import { forbiddenField, invalidValue, problemsAt, requiredValue, tooLongValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

const ANNOTATIONS_MAX_BYTES = 256 * 1024;
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

type StringMap = Readonly<Record<string, string>>;

/** Checks name, labels and annotations; `nameProblems` is the kind's own rule for names. */
export function validateMetadata(
  { metadata }: KubeObject,
  nameProblems: (name: string) => string[] = dnsSubdomainProblems,
): FieldError[] {
  const nameErrors = metadata.name
    ? problemsAt('metadata.name', metadata.name, nameProblems(metadata.name))
    : [requiredValue('metadata.name', 'name or generateName is required')];
  return [
    ...validateGenerateName(metadata.generateName, nameProblems),
    ...nameErrors,
    ...validateLabels('metadata.labels', metadata.labels),
    ...validateAnnotations('metadata.annotations', metadata.annotations),
    ...validateOwners('metadata.ownerReferences', metadata.ownerReferences),
    ...validateFinalizers('metadata.finalizers', metadata.finalizers),
  ];
}

/** The server adds letters to it, so a dash at its end does no harm. */
function validateGenerateName(prefix: string | undefined, nameProblems: (name: string) => string[]): FieldError[] {
  if (!prefix) return [];
  return problemsAt('metadata.generateName', prefix, nameProblems(prefix.replace(/.-$/, 'a')));
}

function validateOwners(field: string, owners: readonly OwnerReference[] = []): FieldError[] {
  const errors = owners.flatMap((owner, index) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap((part) =>
      owner[part] ? [] : [requiredValue(`${field}[${index}].${part}`, 'must not be empty')],
    ),
  );
  const [first, second] = owners.filter(({ controller }) => controller).map(({ kind, name }) => `${kind}/${name}`);
  if (first === undefined || second === undefined) return errors;
  const rule = 'Only one reference can have Controller set to true. Found "true" in references for';
  return [...errors, invalidValue(field, owners, `${rule} ${first} and ${second}`)];
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

function validateFinalizers(field: string, finalizers: readonly string[] = []): FieldError[] {
  return finalizers.flatMap((name, index) => {
    const at = `${field}[${index}]`;
    if (name.includes('/') || standardFinalizers.includes(name))
      return problemsAt(at, name, qualifiedNameProblems(name));
    return [invalidValue(at, name, 'name is neither a standard finalizer name nor is it fully qualified')];
  });
}

export function validateLabels(field: string, labels: StringMap = {}): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...problemsAt(field, key, qualifiedNameProblems(key)),
    ...problemsAt(field, value, labelValueProblems(value)),
  ]);
}

export function validateAnnotations(field: string, annotations: StringMap = {}): FieldError[] {
  const entries = Object.entries(annotations);
  const errors = entries.flatMap(([key]) => problemsAt(field, key, qualifiedNameProblems(key.toLowerCase())));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return bytes > ANNOTATIONS_MAX_BYTES ? [...errors, tooLongValue(field, ANNOTATIONS_MAX_BYTES)] : errors;
}

export function validateLabelSelector(field: string, selector: LabelSelector): FieldError[] {
  const expressions = (selector.matchExpressions ?? []).flatMap(({ key, operator, values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    const errors: FieldError[] = [];
    if (!OPERATORS.includes(operator)) {
      errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'));
    } else if (operator.endsWith('In') && values.length === 0) {
      errors.push(requiredValue(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (!operator.endsWith('In') && values.length > 0) {
      errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
    errors.push(...problemsAt(`${at}.key`, key ?? '', qualifiedNameProblems(key ?? '')));
    values.forEach((value, place) =>
      errors.push(...problemsAt(`${at}.values[${place}]`, value, labelValueProblems(value))),
    );
    return errors;
  });
  return [...validateLabels(`${field}.matchLabels`, selector.matchLabels), ...expressions];
}
