import { join, relative, resolve } from 'node:path';
import type { Fault } from '../../scenarios/fault.ts';
import type { Image } from '../../cluster/cluster.ts';
import type { TaggedImage } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import { buildImages } from '../images/build.ts';
import { BuildError } from '../images/bundle.ts';
import { currentVersion, imageCatalogue } from '../images/catalogue.ts';
import type { LabFolder } from '../lab-folder.ts';
import { nearest } from '../../lib/nearest.ts';
import { cacheDir, project } from '../project.ts';
import { requireLab } from './session-record.ts';
import type { Lab } from './lab.ts';
import { workspaceServices } from './workspace.ts';

/**
 * Every image of the healthy system; what was built before is found again.
 * @throws LabError BUILD_FAILED
 */
export async function buildHealthyImages(folder: LabFolder): Promise<TaggedImage[]> {
  const services = imageCatalogue.map(({ service }) => service);
  const images = await build(folder, services, project.services, currentVersion);
  return imageCatalogue.flatMap(({ refs }, index) => refs.map((ref) => ({ ref, image: images[index] as Image })));
}

/**
 * The images that a fault in the code makes bad, from the workspace's sources: a release of its own under its tag, or,
 * where the mistake is as old as the shop, every tag of the service.
 */
export async function buildBrokenImages(folder: LabFolder, faults: readonly Fault[]): Promise<TaggedImage[]> {
  const wanted = faults.flatMap(({ inject }) => inject.images);
  const built = await Promise.all(
    wanted.map(async ({ service, tag, release }) => {
      const [image] = await build(
        folder,
        [service],
        workspaceServices(folder.incident),
        release ? tag : currentVersion,
      );
      const others = release ? undefined : imageCatalogue.find((entry) => entry.service === service);
      const refs = others?.refs ?? [];
      return [...new Set([...refs, `${service}:${tag}`])].map((ref) => ({ ref, image: image as Image }));
    }),
  );
  return built.flat();
}

/**
 * Builds a service from the trainee's workspace and gives it to the engine under this tag.
 * @throws LabError UNKNOWN_SERVICE, BAD_TAG or BUILD_FAILED
 */
export async function buildWorkspaceImage(lab: Lab, service: string, tag: string): Promise<TaggedImage> {
  const { engine } = await requireLab(lab.folder, lab.engine);
  const known = imageCatalogue.filter(({ refs }) => refs.length > 1).map((entry) => entry.service);
  if (!known.includes(service)) {
    throw new LabError('UNKNOWN_SERVICE', { service, known, nearest: nearest(service, known) });
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) throw new LabError('BAD_TAG', { tag });
  const version = tag === 'latest' ? currentVersion : tag;
  const [image] = await build(lab.folder, [service], workspaceServices(lab.folder.incident), version);
  const tagged = { ref: `${service}:${tag}`, image: image as Image };
  await engine.images.put(tagged.ref, tagged.image);
  return tagged;
}

/** The images of the services, in their order. */
async function build(
  folder: LabFolder,
  services: readonly string[],
  sourceDir: string,
  version: string,
): Promise<Image[]> {
  try {
    const outDir = join(await cacheDir(folder), 'images');
    return [...(await buildImages({ services, sourceDir, outDir, version })).values()];
  } catch (error) {
    if (error instanceof BuildError)
      throw new LabError(
        'BUILD_FAILED',
        { service: services.join(', '), why: fromHere(error.message, folder) },
        { cause: error },
      );
    throw error;
  }
}

/** The bundler names files as seen from the project; the trainee sees them from the lab's folder. */
function fromHere(message: string, { workingDir }: LabFolder): string {
  return message.replaceAll(/^(\S+\.ts)(?=:\d+:\d+)/gm, (file) => relative(workingDir, resolve(project.root, file)));
}
