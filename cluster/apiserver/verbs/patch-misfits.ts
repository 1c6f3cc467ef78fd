import { fieldProblems } from '../../objects/openapi/index.ts';
import { invalid } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { parseBody } from '../body.ts';
import { isOwnPart } from '../request-handler.ts';

/**
 * Values of the wrong type that a strategic merge patch brings are refused in words of their own.
 * @throws StatusError Invalid
 */
export function refuseMisfits({ request }: ApiCall, patched: KubeObject): void {
  if (isOwnPart(request) || !request.headers['content-type']?.startsWith('application/strategic-merge-patch')) return;
  const [misfit] = fieldProblems(patched).wrongTypes;
  if (misfit === undefined) return;
  const message = `Invalid value: "${goText(parseBody(request))}": ${restoreError(misfit)}`;
  throw invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', field: 'patch', message }]);
}

/** In the words of the converter that makes structs of patched maps, from those of the JSON decoder. */
function restoreError(misfit: string): string {
  const [, given = '', wanted = ''] = /cannot unmarshal (\w+).* of type (.*)$/.exec(misfit) ?? [];
  const from = { array: 'slice', object: 'map', number: 'int64' }[given] ?? given;
  if (wanted.startsWith('[]')) return `cannot restore slice from ${from}`;
  if (wanted.startsWith('map[')) return `cannot restore map from ${from}`;
  return wanted.startsWith('v1.') ? `cannot restore struct from: ${from}` : `unrecognized type: ${wanted}`;
}

/** A JSON value as Go prints it: `map[spec:map[replicas:two]]`. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (value === null || value === undefined) return '<nil>';
  if (typeof value !== 'object') return `${value as string | number | boolean}`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
}
