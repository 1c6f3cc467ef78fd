import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../../cluster/cluster.ts';
import { BuildError, bundle, recipeDigestParts } from './bundle.ts';
import { sourceDigest } from './source-digest.ts';

/** A small young generation: under load a service then keeps about a third less memory than Node's default would. */
const nodeOptions = ['--max-semi-space-size=2'];
const entryName = 'main.cjs';

/**
 * Builds a service from its sources, or finds that the very same was built before.
 * @param options.sourceDir the folder that holds `shared/` and one folder for each service
 * @param options.outDir where images are kept; safe to share between builds that run at the same time
 * @throws BuildError when the source does not build, or there is none
 */
export async function buildImage(options: {
  service: string;
  sourceDir: string;
  outDir: string;
  version: string;
}): Promise<Image> {
  const { service, sourceDir, outDir, version } = options;
  const main = join(sourceDir, service, 'main.ts');
  if (!(await modifiedAt(main))) {
    throw new BuildError(`There is no service "${service}": ${main} does not exist.`);
  }
  const digest = await sourceDigest(sourceDir, service, [version, ...nodeOptions, ...(await recipeDigestParts())]);
  const home = join(outDir, digest.slice(0, 12));
  const entry = join(home, entryName);
  if (!(await modifiedAt(entry))) {
    await buildInto(home, main);
  }
  return {
    digest: `sha256:${digest}`,
    entry,
    nodeOptions,
    env: { SERVICE_VERSION: version, SERVICE_COMMIT: digest.slice(0, 12), OTEL_BSP_SCHEDULE_DELAY: '1000' },
    createdAt: ((await modifiedAt(entry)) ?? new Date()).toISOString(),
  };
}

/** Builds aside and moves it into place at once, so that nobody ever starts half an image. */
async function buildInto(home: string, main: string): Promise<void> {
  const aside = `${home}.${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(aside, { recursive: true });
    await bundle(main, join(aside, entryName));
    await rename(aside, home).catch(async (error: NodeJS.ErrnoException) => {
      // Another build of the same source was faster: its result is ours.
      if (!(await modifiedAt(join(home, entryName)))) {
        throw error;
      }
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
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
