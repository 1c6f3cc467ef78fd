import type { ApiCall } from '../api-call.ts';
import { parseBody } from '../body.ts';
import { deleteObject, type DeleteOptions } from '../deletion.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

/** `kubectl drain` asks for this. Differs: no disruption budget is consulted. */
export function evictPod(call: ApiCall): ApiResponse {
  const body = parseBody(call.request) as { deleteOptions?: DeleteOptions } | undefined;
  deleteObject(call, requireLive(call), body?.deleteOptions ?? {});
  return { type: 'object', code: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}
