import { badRequest } from '../../objects/status-error.ts';
import type { ApiCall } from '../api-call.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

/** `exec`, `attach` and `portforward` need a connection of their own; over plain HTTP there is only this answer. */
export function requireUpgrade(call: ApiCall): ApiResponse {
  requireLive(call);
  throw badRequest('Upgrade request required');
}
