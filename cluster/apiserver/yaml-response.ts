import { stringify } from 'yaml';
import { parseAccept } from './accept.ts';
import type { ApiRequest, ApiResponse } from './request-handler.ts';

/** An answer as YAML where that is what the client would rather have. */
export function inAcceptedFormat({ headers }: ApiRequest, response: ApiResponse): ApiResponse {
  if (response.type !== 'object' || response.contentType || !prefersYaml(headers['accept'])) return response;
  const bytes = Buffer.from(toYaml(response.object));
  return { type: 'bytes', code: response.code, bytes, contentType: 'application/yaml' };
}

function prefersYaml(accept: string | undefined): boolean {
  if (!accept?.includes('yaml')) return false;
  try {
    return parseAccept(accept).format === 'yaml';
  } catch {
    // That nothing is acceptable has to be said in some format.
    return false;
  }
}

/** As Kubernetes writes it: keys in order, lists not indented, texts that YAML 1.1 reads as something else in quotes. */
function toYaml(object: object): string {
  return stringify(JSON.parse(JSON.stringify(object)), {
    version: '1.1',
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}
