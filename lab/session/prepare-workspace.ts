import type { TaggedImage } from '../engines/engine.ts';
import { shopServices } from '../images/catalogue.ts';
import { project } from '../project.ts';
import type { BrokenShop } from './break-shop.ts';
import { briefing } from './briefing.ts';
import { buildBrokenImages } from './images.ts';
import type { Lab } from './lab.ts';
import { workspaceDigest, writeWorkspace } from './workspace.ts';

interface PreparedWorkspace {
  /** Images of code that the scenario broke, built from this workspace. */
  broken: readonly TaggedImage[];
  digest: string;
  /** The name under which a changed workspace of before is kept. */
  kept?: string;
}

/** Gives the trainee a fresh workspace and builds what is broken in it. */
export async function prepareWorkspace(
  { folder, seat }: Pick<Lab, 'folder' | 'seat'>,
  shop: BrokenShop,
  entrance: string,
): Promise<PreparedWorkspace> {
  const kept = await writeWorkspace({
    dir: folder.incident,
    manifests: shop.broken,
    sources: { dir: project.services, services: shopServices },
    faults: shop.faults,
    briefing: briefing(shop.scenario, entrance, seat),
  });
  const digest = (await workspaceDigest(folder.incident)) ?? '';
  return { broken: await buildBrokenImages(folder, shop.faults), digest, kept };
}

export function keptNote({ kept }: PreparedWorkspace): string {
  return kept ? `the one that you changed is kept as .brokenprod/${kept}` : '';
}
