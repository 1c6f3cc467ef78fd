import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { readOptions } from '../body.ts';
import { deleteObject, type DeleteOptions } from '../deletion.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from './get.ts';

export function remove(call: ApiCall): ApiResponse {
  const { object, gone } = deleteObject(call, requireLive(call), readDeleteOptions(call));
  if (!gone) return { type: 'object', code: 200, object: representObject(call, object) };
  return { type: 'object', code: 200, object: success(call, object) };
}

/** From the body, or from the query as `kubectl delete --raw` and simple clients send them. */
export function readDeleteOptions(call: ApiCall): DeleteOptions {
  const body = readOptions<DeleteOptions>(call, 'DeleteOptions');
  const { query } = call.request;
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy as DeleteOptions['propagationPolicy'] }),
    ...body,
  };
}

function success({ kind }: ApiCall, { metadata }: KubeObject): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.resource,
      uid: metadata.uid,
    },
  };
}
