import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildImage } from '../../lab/images/build.ts';
import { currentVersion, imageCatalogue } from '../../lab/images/catalogue.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Images to build: each from a bundle that is one file. */
export const planSchema = z.array(
  z.object({
    service: z.string(),
    entry: z.string(),
    version: z.string(),
    commit: z.string(),
    refs: z.array(z.string()).min(1),
  }),
);
export type ImagePlan = z.infer<typeof planSchema>;

/** Everything that a healthy system has, bundled from this package's sources. */
export async function defaultPlan(prefix: string): Promise<ImagePlan> {
  const outDir = join(root, 'node_modules', '.cache', 'brokenprod', 'images');
  return Promise.all(
    imageCatalogue.map(async ({ service, refs }) => {
      const version = currentVersion;
      const { entry, digest } = await buildImage({ service, sourceDir: join(root, 'services'), outDir, version });
      const commit = digest.replace('sha256:', '').slice(0, 12);
      return { service, entry, version, commit, refs: refs.map((ref) => prefix + ref) };
    }),
  );
}
