import { notFound } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import { findLive, type ApiCall } from '../api-call.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';

export function getObject(call: ApiCall): ApiResponse {
  return { type: 'object', code: 200, object: representObject(call, requireLive(call)) };
}

/** @throws StatusError NotFound when the object that the call names is not there */
export function requireLive(call: ApiCall): KubeObject {
  const live = findLive(call);
  if (!live) throw notFound(call.kind, call.target.name ?? '');
  return live;
}
