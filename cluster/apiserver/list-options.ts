/** What a list may ask for beside a selection: which version, and how many objects at a time. */
import { forbiddenField, unsupportedValue } from '../objects/kinds/field-error.ts';
import type { FieldError } from '../objects/kinds/kind.ts';
import { badRequest, invalid } from '../objects/status-error.ts';
import { decodeContinue, type ContinueToken } from './continue-token.ts';
import { integerIn } from './query-values.ts';

export interface ListOptions {
  /** At most so many objects; undefined: all. */
  limit?: number;
  /** Where an earlier part ended. */
  from?: ContinueToken;
  /** Undefined: whatever is there now. */
  version?: { match: 'Exact' | 'NotOlderThan'; resourceVersion: number };
}

const matches = ['Exact', 'NotOlderThan'];

/**
 * Reads `limit`, `continue`, `resourceVersion` and `resourceVersionMatch` of a list.
 * @throws StatusError Invalid for options that exclude each other, BadRequest for what cannot be read
 */
export function parseListOptions(query: URLSearchParams): ListOptions {
  refuse(listProblems(query));
  const limit = integerIn(query, 'limit') ?? 0;
  const resourceVersion = versionIn(query);
  const token = query.get('continue');
  if (token) {
    if (resourceVersion) throw badRequest('specifying resource version is not allowed when using continue');
    return { from: decodeContinue(token), ...(limit > 0 ? { limit } : {}) };
  }
  // Whoever takes any version gets it from a cache that hands out whole lists.
  const isAny = query.get('resourceVersion') === '0';
  const page = limit > 0 && !isAny ? { limit } : {};
  if (!resourceVersion) return page;
  // Parts of a list show one version; so did a limit before there was a `resourceVersionMatch`.
  const isExact = query.get('resourceVersionMatch') === 'Exact' || (!query.get('resourceVersionMatch') && limit > 0);
  return { ...page, version: { match: isExact ? 'Exact' : 'NotOlderThan', resourceVersion } };
}

/** @throws StatusError Invalid when a watch asks for what only lists can give */
export function checkWatchOptions(query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch');
  const isList = query.has('sendInitialEvents');
  const at = 'resourceVersionMatch';
  refuse([
    ...(isList && match !== 'NotOlderThan'
      ? [forbiddenField(at, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')]
      : []),
    ...(match && !isList
      ? [forbiddenField(at, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')]
      : []),
    ...(match && match !== 'NotOlderThan' ? [unsupportedValue(at, match, ['NotOlderThan'])] : []),
  ]);
}

function listProblems(query: URLSearchParams): FieldError[] {
  const match = query.get('resourceVersionMatch');
  const at = 'resourceVersionMatch';
  const problems: FieldError[] = [];
  if (match && !query.get('resourceVersion')) {
    problems.push(forbiddenField(at, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  }
  if (match && query.get('continue')) {
    problems.push(forbiddenField(at, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (match && !matches.includes(match)) problems.push(unsupportedValue(at, match, [...matches, '']));
  if (match === 'Exact' && query.get('resourceVersion') === '0') {
    problems.push(forbiddenField(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (query.has('sendInitialEvents')) {
    problems.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return problems;
}

function refuse(problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', problems);
}

/**
 * The version that a list, a watch or a get asks for, 0 where it takes any.
 * @throws StatusError BadRequest for what no server has given out
 */
export function versionIn(query: URLSearchParams): number {
  const text = query.get('resourceVersion') ?? '';
  const problem = !/^\d*$/.test(text) ? 'invalid syntax' : BigInt(text) >= 2n ** 64n ? 'value out of range' : undefined;
  if (!problem) return Number(text);
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`;
  throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
}
