import { readObject } from '../body.ts';
import type { ApiCall } from '../api-call.ts';
import { representObject } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { checkWriteOptions } from '../write-options.ts';
import { createObject } from '../write.ts';

export function create(call: ApiCall): ApiResponse {
  checkWriteOptions('CreateOptions', call.request);
  const object = createObject(call, readObject(call));
  return { type: 'object', code: 201, object: representObject(call, object) };
}
