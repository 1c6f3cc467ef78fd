import type { KubeObject } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { readOptions } from '../body.ts';
import { deleteObject, type DeleteOptions } from '../deletion.ts';
import { booleanIn, integerIn } from '../query-values.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { checkDeleteOptions } from '../write-options.ts';
import { requireLive } from './get.ts';

export function remove(call: ApiCall): ApiResponse {
  const { object, gone } = deleteObject(call, requireLive(call), readDeleteOptions(call));
  if (!gone) return { type: 'object', code: 200, object: representObject(call, object) };
  return { type: 'object', code: 200, object: success(call, object) };
}

/** From the body, or without one from the query, as `kubectl delete --raw` and simple clients send them. */
export function readDeleteOptions(call: ApiCall): DeleteOptions {
  const { body, query } = call.request;
  const hasBody = !(body instanceof Uint8Array) || body.length > 0;
  const options = hasBody ? readOptions<DeleteOptions>(call, 'DeleteOptions') : optionsIn(query);
  checkDeleteOptions(options);
  return options;
}

function optionsIn(query: URLSearchParams): DeleteOptions {
  const gracePeriodSeconds = integerIn(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(policy === null ? {} : { propagationPolicy: policy as DeleteOptions['propagationPolicy'] }),
    ...(query.has('orphanDependents') ? { orphanDependents: booleanIn(query, 'orphanDependents') } : {}),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
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
