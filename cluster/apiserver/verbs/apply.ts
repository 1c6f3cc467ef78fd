import { serverSideApply } from '../../objects/patch/server-side-apply.ts';
import { findLive, type ApiCall } from '../api-call.ts';
import { readObject } from '../body.ts';
import { booleanIn } from '../query-values.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { createObject, fieldManagerOf, updateObject } from '../write.ts';

/** Server-side apply: the object is made when it is not there. */
export function apply(call: ApiCall): ApiResponse {
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
