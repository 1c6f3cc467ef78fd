import { applyPatch } from '../../objects/patch/index.ts';
import { fieldProblems } from '../../objects/openapi/index.ts';
import { serverSideApply } from '../../objects/patch/server-side-apply.ts';
import { invalid } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import { findLive, type ApiCall } from '../api-call.ts';
import { checkFields, objectOf, parseBody, readObject } from '../body.ts';
import { representObject, servedAs } from '../representation.ts';
import { booleanIn } from '../query-values.ts';
import { isOwnPart, type ApiResponse } from '../request-handler.ts';
import { checkWriteOptions } from '../write-options.ts';
import { createObject, fieldManagerOf, updateObject } from '../write.ts';
import { requireLive } from './get.ts';

/** Changes an object by a JSON patch, a merge patch, a strategic merge patch or server-side apply. */
export function patch(call: ApiCall): ApiResponse {
  checkWriteOptions('PatchOptions', call.request);
  if (call.request.headers['content-type']?.startsWith('application/apply-patch')) return apply(call);
  const live = requireLive(call);
  const patched = patchObject(call, servedAs(call.kind, live));
  const updated = updateObject(call, live, call.kind.conversion?.toStored(patched) ?? patched);
  return { type: 'object', code: 200, object: representObject(call, updated) };
}

/**
 * Values of the wrong type that a strategic merge patch brings are refused in words of their own.
 * @throws StatusError Invalid
 */
function refuseMisfits({ request }: ApiCall, patched: KubeObject): void {
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

/** Server-side apply: the object is made when it is not there. */
function apply(call: ApiCall): ApiResponse {
  const live = findLive(call);
  const applied = readObject(call);
  applied.metadata.name ??= call.target.name;
  const { subresource } = call.target;
  const merged = serverSideApply(live, applied, {
    manager: fieldManagerOf(call),
    force: booleanIn(call.request.query, 'force'),
    nowMs: call.context.clock.now(),
    ...(subresource ? { subresource } : {}),
  });
  // The result shares parts with the live object, which is frozen.
  const next = structuredClone(merged);
  const stored = live ? updateObject(call, live, next, { tracked: true }) : createObject(call, next, { tracked: true });
  return { type: 'object', code: live ? 200 : 201, object: representObject(call, stored) };
}

/** @returns a copy of `live` changed by the request's body, its fields checked; the object itself stays as it is */
export function patchObject(call: ApiCall, live: KubeObject): KubeObject {
  const { request } = call;
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const patched = objectOf(kindOf(live), structuredClone(applyPatch(contentType, live, parseBody(request))));
  refuseMisfits(call, patched);
  checkFields(call, patched);
  return patched;
}

/** Of the object itself: what is patched may be a `Scale`. */
function kindOf({ apiVersion, kind }: KubeObject): { group: string; version: string; kind: string } {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, kind };
}
