import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '../../cluster/cluster.ts';
import type { LabFolder } from '../lab-folder.ts';
import { embeddedImages } from './embedded-images.ts';
import type { EngineImages, TaggedImage } from './engine.ts';
import { runScript } from './run-script.ts';

interface Options {
  folder: LabFolder;
  /** As `scripts/build-and-import.ts --to` takes it. */
  target: string;
  /** Put before each name. */
  prefix: string;
  /** As `--platform` takes it; default: this machine's. */
  platform?: string;
  tell: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * The images of a cluster whose containers are real: the same bundles, built into container images. What each name was
 * last built from is noted in the lab's folder, so that only what changed is built and brought there.
 */
export function containerImages(options: Options): EngineImages {
  const delivered = embeddedImages(options.folder.images);
  return {
    async put(ref, image) {
      await deliver([{ ref, image }], [], options);
      await delivered.put(ref, image);
    },
    async replaceAll(images) {
      const wanted = new Map(images.map(({ ref, image }) => [ref, image]));
      const present = new Map((await delivered.list()).map(({ ref, image }) => [ref, image]));
      const changed = [...wanted].filter(([ref, image]) => present.get(ref)?.digest !== image.digest);
      const extra = [...present.keys()].filter((ref) => !wanted.has(ref));
      if (changed.length === 0 && extra.length === 0) return;
      await deliver(
        changed.map(([ref, image]) => ({ ref, image })),
        extra,
        options,
      );
      await delivered.replaceAll(images);
    },
    list: () => delivered.list(),
  };
}

async function deliver(
  images: readonly TaggedImage[],
  forgotten: readonly string[],
  { target, prefix, platform, tell, signal }: Options,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-plan-'));
  try {
    const plan = join(dir, 'plan.json');
    await writeFile(plan, JSON.stringify(planOf(images, prefix)));
    const forget = forgotten.flatMap((ref) => ['--forget', prefix + ref]);
    const flags = platform ? ['--platform', platform] : [];
    const context = { tell, ...(signal && { signal }) };
    await runScript('build-and-import.ts', ['--to', target, '--plan', plan, ...flags, ...forget], context);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One build for all names of the same image. */
function planOf(images: readonly TaggedImage[], prefix: string): unknown[] {
  const byDigest = Map.groupBy(images, ({ image }) => image.digest);
  return [...byDigest.values()].map((same) => {
    const { ref, image } = same[0] as TaggedImage;
    const { SERVICE_VERSION: version = '', SERVICE_COMMIT: commit = '' } = (image satisfies Image).env;
    const refs = same.map((one) => prefix + one.ref);
    return { service: ref.replace(/:.*/, ''), entry: image.entry, version, commit, refs };
  });
}
