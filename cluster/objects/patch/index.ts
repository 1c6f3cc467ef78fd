import { patchTypeUnknown } from '../status-error.ts';
import type { KubeObject } from '../types.ts';
import { jsonMerge } from './json-merge.ts';
import { jsonPatch } from './json-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

/**
 * Applies a patch of any type but server-side apply, which also needs to know who asks (`server-side-apply.ts`).
 * The result shares nothing with `current`, which may be frozen.
 * @param contentType as the request names it; parameters after `;` are ignored
 * @throws StatusError UnsupportedMediaType, BadRequest for a malformed patch, Invalid for one that fails
 */
export function applyPatch(contentType: string, current: KubeObject, patch: unknown): KubeObject {
  const [mediaType = ''] = contentType.split(';');
  switch (mediaType.trim().toLowerCase()) {
    case 'application/json-patch+json':
      return jsonPatch(current, patch);
    case 'application/merge-patch+json':
      return structuredClone(jsonMerge(current, patch)) as KubeObject;
    case 'application/strategic-merge-patch+json':
      return structuredClone(strategicMerge(current, patch));
    default:
      throw patchTypeUnknown();
  }
}
