import { goText } from '../../objects/go-text.ts';
import { fieldProblems } from '../../objects/openapi/index.ts';
import { invalid } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { parseBody } from '../body.ts';
import { isOwnPart } from '../request-handler.ts';

/**
 * Values of the wrong type that a patch brings are refused in words of their own: those of a strategic merge patch with
 * the patch itself, others with all that it would make of the object.
 * @throws StatusError Invalid
 */
export function refuseMisfits({ request }: ApiCall, patched: KubeObject): void {
  if (isOwnPart(request)) return;
  const [misfit] = fieldProblems(patched).wrongTypes;
  if (misfit === undefined) return;
  const isStrategic = request.headers['content-type']?.startsWith('application/strategic-merge-patch');
  const message = isStrategic
    ? `Invalid value: "${goText(parseBody(request))}": ${restoreError(misfit)}`
    : `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: ${misfit}`;
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
