import { SUFFIX_ALPHABET } from './names.ts';
import type { PodTemplateSpec } from './types.ts';

/**
 * The value of the label `pod-template-hash`: the same template always gets the same ReplicaSet name.
 * @param collisionCount how many names have turned out to be somebody else's; each time it must be another
 *
 * Differs: Kubernetes hashes a dump of its Go structs, which nothing outside Go can repeat; the look is the same.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  const digits = String(fnv1a32(`${canonicalJson(template)}${collisionCount ?? ''}`));
  return Array.from(digits, (digit) => SUFFIX_ALPHABET[digit.charCodeAt(0) % SUFFIX_ALPHABET.length]).join('');
}

/** JSON with sorted keys and without what is undefined, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(map[key])}`)
    .join(',')}}`;
}

function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
