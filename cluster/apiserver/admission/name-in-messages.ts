import type { KubeObject } from '../../objects/types.ts';

/** What refusals before validation call the object: names are only made up after it. */
export function nameInMessages({ metadata }: KubeObject): string {
  return metadata.generateName ?? metadata.name ?? '';
}
