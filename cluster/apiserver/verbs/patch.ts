import { parseGroupVersion } from '../../objects/group-version.ts';
import { applyPatch } from '../../objects/patch/index.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { checkFields, objectOf, parseBody } from '../body.ts';
import { representObject, servedAs } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { checkWriteOptions } from '../write-options.ts';
import { updateObject } from '../write.ts';
import { apply } from './apply.ts';
import { requireLive } from './get.ts';
import { madeByPatch, refuseMisfits } from './patch-misfits.ts';

/** Changes an object by a JSON patch, a merge patch, a strategic merge patch or server-side apply. */
export function patch(call: ApiCall): ApiResponse {
  checkWriteOptions('PatchOptions', call.request);
  if (call.request.headers['content-type']?.startsWith('application/apply-patch')) return apply(call);
  const live = requireLive(call);
  const patched = patchObject(call, servedAs(call.kind, live));
  const updated = updateObject(call, live, call.kind.conversion?.toStored(patched) ?? patched);
  return { type: 'object', code: 200, object: representObject(call, updated) };
}

/** @returns a copy of `live` changed by the request's body, its fields checked; the object itself stays as it is */
export function patchObject(call: ApiCall, live: KubeObject): KubeObject {
  const { request } = call;
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  // Of the object itself: what is patched may be a `Scale`.
  const kind = { ...parseGroupVersion(live.apiVersion), kind: live.kind };
  const patched = objectOf(
    kind,
    madeByPatch(call, kind, structuredClone(applyPatch(contentType, live, parseBody(request)))),
  );
  refuseMisfits(call, patched);
  checkFields(call, patched);
  return patched;
}
