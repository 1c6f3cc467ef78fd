import jsonPatchLibrary from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';

import { badRequest, StatusError, unprocessable } from '../status-error.ts';

const MAX_OPERATIONS = 10_000;

/**
 * JSON patch (RFC 6902). Does not change `current`.
 * @throws StatusError BadRequest when the patch is no list, Invalid when an operation fails
 */
export function jsonPatch<T>(current: T, patch: unknown): T {
  if (!Array.isArray(patch)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new StatusError(413, 'RequestEntityTooLarge', message);
  }
  try {
    return jsonPatchLibrary.applyPatch(structuredClone(current), patch as Operation[], true).newDocument;
  } catch (error) {
    throw Object.assign(unprocessable(), { cause: error });
  }
}
