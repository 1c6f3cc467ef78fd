import { notFound, resourceVersionTooLarge } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import { findLive, type ApiCall } from '../api-call.ts';
import { versionIn } from '../list-options.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';

/** The object as it is now, which is at least as new as any version that was given out. */
export function getObject(call: ApiCall): ApiResponse {
  const wanted = versionIn(call.request.query);
  const { revision } = call.context.store;
  if (wanted > revision) throw resourceVersionTooLarge(wanted, revision);
  return { type: 'object', code: 200, object: representObject(call, requireLive(call)) };
}

/** @throws StatusError NotFound when the object that the call names is not there */
export function requireLive(call: ApiCall): KubeObject {
  const live = findLive(call);
  if (!live) throw notFound(call.kind, call.target.name ?? '');
  return live;
}
