import type { ApiCall } from '../api-call.ts';
import { findLive } from '../api-call.ts';
import { readObject } from '../body.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { checkWriteOptions } from '../write-options.ts';
import { checkName, createObject, updateObject } from '../write.ts';
import { requireLive } from './get.ts';

/** Replaces an object; of some kinds it makes one that is not there. */
export function update(call: ApiCall): ApiResponse {
  checkWriteOptions('UpdateOptions', call.request);
  const object = readObject(call);
  checkName(call, object);
  if (call.kind.createsOnUpdate && !call.covers && !findLive(call)) {
    delete object.metadata.resourceVersion;
    return { type: 'object', code: 201, object: representObject(call, createObject(call, object)) };
  }
  const updated = updateObject(call, requireLive(call), object);
  return { type: 'object', code: 200, object: representObject(call, updated) };
}
