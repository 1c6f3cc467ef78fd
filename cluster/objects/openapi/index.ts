import { createHash } from 'node:crypto';
import type { AnyKind } from '../kinds/kind.ts';
import { groupVersionDocument, groupVersionPath } from './document.ts';

export { fieldProblems } from './field-problems.ts';

/** The index at `/openapi/v3`: one entry a group version, with a hash so that clients may cache. */
export function openApiIndex(kinds: readonly AnyKind[]): object {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  for (const kind of kinds) {
    const path = groupVersionPath(kind);
    const members = kinds.filter((other) => groupVersionPath(other) === path).map((other) => other.resource);
    const hash = createHash('sha256').update(members.join(',')).digest('hex').slice(0, 32).toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

/**
 * The document of one group version, or undefined if no kind belongs to it.
 * @param path `api/v1` or `apis/apps/v1`
 */
export function openApiDocument(kinds: readonly AnyKind[], path: string): object | undefined {
  const members = kinds.filter((kind) => groupVersionPath(kind) === path);
  return members.length > 0 ? groupVersionDocument(members) : undefined;
}

/**
 * An empty OpenAPI v2 document in protobuf. kubectl asks for it only when a kind is unknown; with it the
 * message is `no matches for kind …`, without it a misleading one about failed downloads.
 */
export function openApiV2Protobuf(): Uint8Array {
  const text = (field: number, value: string) => [(field << 3) | 2, value.length, ...Buffer.from(value)];
  const info = [...text(1, 'Kubernetes'), ...text(2, 'v1')];
  return Uint8Array.from([...text(1, '2.0'), (2 << 3) | 2, info.length, ...info, (8 << 3) | 2, 0, (9 << 3) | 2, 0]);
}
