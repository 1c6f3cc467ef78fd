import { badRequest } from '../../objects/status-error.ts';
import type { ApiCall } from '../api-call.ts';
import { readObject } from '../body.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { checkWriteOptions } from '../write-options.ts';
import { updateObject } from '../write.ts';
import { requireLive } from './get.ts';

export function update(call: ApiCall): ApiResponse {
  checkWriteOptions('UpdateOptions', call.request);
  const object = readObject(call);
  const { name } = call.target;
  if (object.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${name})`,
    );
  }
  const updated = updateObject(call, requireLive(call), object);
  return { type: 'object', code: 200, object: representObject(call, updated) };
}
