import { goText } from '../../objects/go-text.ts';
import { isObject } from '../../objects/patch/json-object.ts';
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
  const [misfit] = fieldProblems(patched).misfits;
  if (misfit === undefined) return;
  const isStrategic = request.headers['content-type']?.startsWith('application/strategic-merge-patch');
  const [value, problem] = isStrategic
    ? [goText(leftAfterMerging(parseBody(request))), misfit.converting]
    : [JSON.stringify(patched), misfit.decoding];
  const message = `Invalid value: ${JSON.stringify(value)}: ${problem}`;
  throw invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', field: 'patch', message }]);
}

const elementOrder = '$setElementOrder/';

/** Merging takes ordered lists out of the patch, with their orders, before anything is said of the rest. */
function leftAfterMerging(patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const left = Object.entries(patch).filter(
    ([key]) => !key.startsWith(elementOrder) && !(`${elementOrder}${key}` in patch) && key !== '$retainKeys',
  );
  return Object.fromEntries(left.map(([key, value]) => [key, leftAfterMerging(value)]));
}
