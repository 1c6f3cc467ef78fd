/** What a write may ask for beside what it writes. An option that nobody knows is refused: a dry run must not become a wet one. */
import {
  forbiddenField,
  invalidValue,
  requiredValue,
  tooLongValue,
  unsupportedValue,
} from '../objects/kinds/field-error.ts';
import type { FieldError } from '../objects/kinds/kind.ts';
import { invalid } from '../objects/status-error.ts';
import type { DeleteOptions } from './deletion.ts';
import type { ApiRequest } from './request-handler.ts';

const fieldValidations = ['', 'Ignore', 'Strict', 'Warn'];
const propagationPolicies = ['Foreground', 'Background', 'Orphan', 'nil'];
const longestManager = 128;

/** @throws StatusError Invalid for options that exclude each other, or that no server knows */
export function checkWriteOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  { query, headers }: ApiRequest,
): void {
  const isApply = headers['content-type']?.startsWith('application/apply-patch') ?? false;
  const validation = query.get('fieldValidation') ?? '';
  refuse(kind, [
    ...(kind === 'PatchOptions' ? patchProblems(query, isApply) : []),
    ...managerProblems(query.get('fieldManager') ?? ''),
    ...dryRunProblems(query.getAll('dryRun')),
    ...(fieldValidations.includes(validation)
      ? []
      : [unsupportedValue('fieldValidation', validation, fieldValidations)]),
  ]);
}

/** @throws StatusError Invalid */
export function checkDeleteOptions({ orphanDependents, propagationPolicy: policy, dryRun = [] }: DeleteOptions): void {
  const at = 'propagationPolicy';
  const both = 'orphanDependents and deletionPropagation cannot be both set';
  const isKnown = policy === undefined || propagationPolicies.slice(0, -1).includes(policy);
  refuse('DeleteOptions', [
    ...(orphanDependents !== undefined && policy !== undefined ? [invalidValue(at, policy, both)] : []),
    ...(isKnown ? [] : [unsupportedValue(at, policy, propagationPolicies)]),
    ...dryRunProblems(dryRun),
  ]);
}

function patchProblems(query: URLSearchParams, isApply: boolean): FieldError[] {
  if (!isApply) return query.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : [];
  return query.get('fieldManager') ? [] : [requiredValue('fieldManager', 'is required for apply patch')];
}

function managerProblems(manager: string): FieldError[] {
  const at = 'fieldManager';
  const tooLong = Buffer.byteLength(manager) > longestManager ? [tooLongValue(at, longestManager)] : [];
  const place = manager.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (place < 0) return tooLong;
  const code = manager.codePointAt(place) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return [...tooLong, invalidValue(at, manager, `invalid character ${name} (at position ${place})`)];
}

function dryRunProblems(dryRun: readonly string[]): FieldError[] {
  return dryRun.every((value) => value === 'All') ? [] : [unsupportedValue('dryRun', dryRun, ['All'])];
}

function refuse(kind: string, problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', problems);
}
