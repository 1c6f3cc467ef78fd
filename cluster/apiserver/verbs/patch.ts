import { applyPatch } from '../../objects/patch/index.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { checkFields, parseBody } from '../body.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { updateObject } from '../write.ts';
import { requireLive } from './get.ts';

/** Changes an object by a JSON patch, a merge patch or a strategic merge patch. */
export function patch(call: ApiCall): ApiResponse {
  const live = requireLive(call);
  const patched = patchObject(call, live);
  checkFields(call, patched);
  const updated = updateObject(call, live, patched);
  return { type: 'object', code: 200, object: representObject(call, updated) };
}

/** @returns a copy of `live` changed by the request's body; the object itself stays as it is */
export function patchObject({ request }: ApiCall, live: KubeObject): KubeObject {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const patched = applyPatch(contentType, structuredClone(live), parseBody(request));
  return structuredClone(patched) as KubeObject;
}
