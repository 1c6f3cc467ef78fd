import type { Manifest } from '../lib/kube/apply.ts';
import type { Fault } from './fault.ts';
import { strategicMerge } from './strategic-merge.ts';

/**
 * The healthy manifests with the faults in them. The given ones stay as they are.
 * @throws Error when a fault changes an object that is not there
 */
export function breakManifests(manifests: readonly Manifest[], faults: readonly Fault[]): Manifest[] {
  const broken = [...manifests];
  for (const fault of faults) {
    for (const { kind, name, merge } of fault.inject.patches) {
      const index = broken.findIndex((manifest) => manifest.kind === kind && manifest.metadata.name === name);
      const target = broken[index];
      if (!target) throw new Error(`fault ${fault.id} changes ${kind} "${name}", which no manifest has`);
      broken[index] = strategicMerge(target, merge) as Manifest;
    }
  }
  return broken;
}

/** What the faults add to the healthy manifests, in the shop's namespace unless an object names another. */
export function addedObjects(faults: readonly Fault[], namespace: string): Manifest[] {
  return faults.flatMap(({ inject }) =>
    inject.objects.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } })),
  );
}
