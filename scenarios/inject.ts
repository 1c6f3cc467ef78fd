import type { Manifest } from '../lib/kube/apply.ts';
import type { Fault } from './fault.ts';
import { strategicMerge } from './strategic-merge.ts';

/**
 * The healthy manifests with the faults in them. The given ones stay as they are.
 * @throws Error when a fault changes an object that is not there
 */
export function breakManifests(manifests: readonly Manifest[], faults: readonly Fault[]): Manifest[] {
  const broken = [...manifests];
  for (const { id, inject } of faults) {
    for (const { kind, name, merge } of inject.patches) {
      const place = placeOf({ kind, name }, broken, id);
      broken[place] = strategicMerge(broken[place], merge) as Manifest;
    }
    for (const renewed of inject.renewed) placeOf(renewed, broken, id);
  }
  return broken;
}

function placeOf(
  { kind, name }: { kind: string; name: string },
  manifests: readonly Manifest[],
  fault: string,
): number {
  const place = manifests.findIndex((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (place < 0) throw new Error(`fault ${fault} changes ${kind} "${name}", which no manifest has`);
  return place;
}

/** What the faults add to the healthy manifests, in the shop's namespace unless an object names another. */
export function addedObjects(faults: readonly Fault[], namespace: string): Manifest[] {
  return faults.flatMap(({ inject }) =>
    inject.objects.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } })),
  );
}
