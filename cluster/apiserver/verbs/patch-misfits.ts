import { goText } from '../../objects/go-text.ts';
import { isObject } from '../../objects/patch/json-object.ts';
import { fieldProblems } from '../../objects/openapi/index.ts';
import { invalid, type StatusError } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { parseBody } from '../body.ts';
import { kindProblem, type NamedKind, versionProblem } from '../decoding-errors.ts';
import { apiVersionOf } from '../representation.ts';
import { type ApiRequest, isOwnPart } from '../request-handler.ts';

/**
 * What a patch made of an object, which stays of its kind: a strategic merge patch has no say in that, others must not
 * want another.
 * @throws StatusError Invalid
 */
export function madeByPatch({ request }: ApiCall, kind: NamedKind, made: unknown): unknown {
  if (!isObject(made)) return made;
  const own = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (isStrategic(request)) return { ...made, ...own };
  const given = made as Partial<KubeObject>;
  const problem =
    versionProblem(made) ??
    kindProblem(kind, { apiVersion: given.apiVersion || own.apiVersion, kind: given.kind || own.kind });
  if (problem === undefined) return made;
  throw invalidPatch(JSON.stringify(made), problem);
}

/**
 * Values of the wrong type that a patch brings are refused in words of their own: those of a strategic merge patch with
 * the patch itself, others with all that it would make of the object.
 * @throws StatusError Invalid
 */
export function refuseMisfits({ request }: ApiCall, patched: KubeObject): void {
  if (isOwnPart(request)) return;
  const [misfit] = fieldProblems(patched).misfits;
  if (misfit === undefined) return;
  throw isStrategic(request)
    ? invalidPatch(goText(leftAfterMerging(parseBody(request))), misfit.converting)
    : invalidPatch(JSON.stringify(patched), misfit.decoding);
}

function isStrategic({ headers }: ApiRequest): boolean {
  return headers['content-type']?.startsWith('application/strategic-merge-patch') ?? false;
}

function invalidPatch(value: string, problem: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(value)}: ${problem}`;
  return invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', field: 'patch', message }]);
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
