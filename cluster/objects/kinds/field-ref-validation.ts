/** What an environment variable or a file may say of the pod it is in: `fieldRef` and `resourceFieldRef`. */
import { qualifiedNameProblems } from '../names.ts';
import { compareQuantities } from '../quantity.ts';
import type { Container } from '../types.ts';
import { invalidValue, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

type ValueFrom = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;
type FieldRef = NonNullable<ValueFrom['fieldRef']>;
type ResourceRef = NonNullable<ValueFrom['resourceFieldRef']>;

/** The paths that an environment variable can show, in the order of the messages. */
export const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Those that a file of a volume can: it is written anew when labels change, but knows no address. */
export const fileFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** The decoder knows more of them than can be shown anywhere. */
const knownFields = [...envFields, ...fileFields, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase'];
const mapFields = ['metadata.annotations', 'metadata.labels'];

const resourceFields = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${list}.${name}`),
);
const byteDivisors = [
  '1',
  ...['', 'i'].flatMap((two) => ['k', 'M', 'G', 'T', 'P', 'E'].map((unit) => `1${unit}${two}`)),
].map((text) => text.replace('ki', 'Ki'));

export function validateFieldRef(field: string, { fieldPath }: FieldRef, supported: readonly string[]): FieldError[] {
  const at = `${field}.fieldPath`;
  if (!fieldPath) return [requiredValue(at)];
  const [, map, key] = /^([^[]*)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (map === undefined || key === undefined) {
    if (knownFields.includes(fieldPath)) return oneOf(at, fieldPath, supported);
    return [invalidValue(at, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  if (!mapFields.includes(map)) {
    const problem = `error converting fieldPath: field label does not support subscript: ${fieldPath}`;
    return [invalidValue(at, fieldPath, problem)];
  }
  const name = map === 'metadata.annotations' ? key.toLowerCase() : key;
  return problemsAt(field, name, qualifiedNameProblems(name));
}

export function validateResourceRef(field: string, ref: ResourceRef, isFile: boolean): FieldError[] {
  const { containerName, resource, divisor = '0' } = ref;
  const errors: FieldError[] = [];
  if (isFile && !containerName) errors.push(requiredValue(`${field}.containerName`));
  else if (!resource) errors.push(requiredValue(`${field}.resource`));
  else if (!/^(limits|requests)\.hugepages-/.test(resource)) {
    errors.push(...oneOf(`${field}.resource`, resource, resourceFields));
  }
  return [...errors, ...validateDivisor(`${field}.divisor`, resource, divisor)];
}

function validateDivisor(field: string, resource: string | undefined, divisor: string): FieldError[] {
  if (!resource || compareQuantities(divisor, '0') === 0) return [];
  const name = resource.slice(resource.indexOf('.') + 1);
  if (name === 'cpu') {
    if (['1', '1m'].includes(divisor)) return [];
    return [invalidValue(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  if (byteDivisors.includes(divisor)) return [];
  const what = name === 'memory' ? 'memory' : name === 'ephemeral-storage' ? 'local ephemeral storage' : 'hugepages';
  const rule = `only divisor's values ${byteDivisors.join(', ')} are supported with the ${what} resource`;
  return [invalidValue(field, resource, rule)];
}
