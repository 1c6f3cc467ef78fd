import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../../cluster/cluster.ts';
import { BuildError, bundle, recipeDigestParts } from './bundle.ts';
import { sourceDigest } from './source-digest.ts';

/** A small young generation: under load a service then keeps about a third less memory than Node's default would. */
const nodeOptions = ['--max-semi-space-size=2'];
const entryName = 'main.cjs';

/** What to build and where to keep it. */
interface Sources {
  /** Holds `shared/` and one folder for each service. */
  sourceDir: string;
  /** Where images are kept; safe to share between builds that run at the same time. */
  outDir: string;
  version: string;
}

/**
 * Builds a service from its sources, or finds that the very same was built before.
 * @throws BuildError when the source does not build, or there is none
 */
export async function buildImage({ service, ...sources }: Sources & { service: string }): Promise<Image> {
  const images = await buildImages({ ...sources, services: [service] });
  return images.get(service) as Image;
}

/**
 * Builds several services at once: what they share is read and parsed one time, which makes nine of them as quick as two.
 * @returns the image of each service
 * @throws BuildError when a source does not build, or there is none
 */
export async function buildImages(options: Sources & { services: readonly string[] }): Promise<Map<string, Image>> {
  const { services, sourceDir, outDir, version } = options;
  const salt = [version, ...nodeOptions, ...(await recipeDigestParts())];
  const planned = await Promise.all(
    services.map(async (service) => {
      const main = join(sourceDir, service, 'main.ts');
      if (!(await modifiedAt(main))) {
        throw new BuildError(`There is no service "${service}": ${main} does not exist.`);
      }
      const digest = await sourceDigest(sourceDir, service, salt);
      return { service, main, digest, home: join(outDir, digest.slice(0, 12)) };
    }),
  );
  await buildMissing(planned, outDir);
  const images = planned.map(async ({ service, digest, home }): Promise<[string, Image]> => {
    const entry = join(home, entryName);
    const env = { SERVICE_VERSION: version, SERVICE_COMMIT: digest.slice(0, 12), OTEL_BSP_SCHEDULE_DELAY: '1000' };
    const createdAt = ((await modifiedAt(entry)) ?? new Date()).toISOString();
    return [service, { digest: `sha256:${digest}`, entry, nodeOptions, env, createdAt }];
  });
  return new Map(await Promise.all(images));
}

/** Builds aside and moves each into place at once, so that nobody ever starts half an image. */
async function buildMissing(planned: readonly { main: string; home: string }[], outDir: string): Promise<void> {
  const builtBefore = await Promise.all(planned.map(({ home }) => modifiedAt(join(home, entryName))));
  const missing = planned.filter((_, index) => !builtBefore[index]);
  if (missing.length === 0) return;
  const aside = join(outDir, `building-${randomUUID().slice(0, 8)}`);
  try {
    const entries = missing.map(({ main }, index) => ({ main, outFile: join(aside, String(index), entryName) }));
    await bundle(entries, aside);
    await Promise.all(missing.map(({ home }, index) => moveInto(join(aside, String(index)), home)));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function moveInto(from: string, home: string): Promise<void> {
  try {
    await rename(from, home);
  } catch (error) {
    // Another build of the same source was faster: its result is ours.
    if (!(await modifiedAt(join(home, entryName)))) throw error;
  }
}

async function modifiedAt(file: string): Promise<Date | undefined> {
  try {
    return (await stat(file)).mtime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
