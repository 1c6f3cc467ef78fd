import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageLabel } from './deliver.ts';
import type { ImagePlan } from './image-plan.ts';
import { run, say } from './script.ts';

const dockerfile = fileURLToPath(new URL('../../services/Dockerfile', import.meta.url));

interface Options {
  target: string;
  nodeImage: string | undefined;
  signal: AbortSignal;
}

/**
 * Builds each image of the plan under all its names.
 * @throws Problem
 */
export async function buildAll(plan: ImagePlan, options: Options): Promise<void> {
  for (const image of plan) {
    say(`Building ${image.refs[0]}`);
    await build(image, options);
  }
}

/** The context holds the bundle and nothing else. */
async function build(
  { service, entry, version, commit, refs }: ImagePlan[number],
  { target, nodeImage, signal }: Options,
): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'brokenprod-image-'));
  try {
    await copyFile(entry, join(context, `${service}.cjs`));
    const args = { SERVICE: service, VERSION: version, COMMIT: commit, ...(nodeImage && { NODE_IMAGE: nodeImage }) };
    const flags = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const tags = refs.flatMap((ref) => ['--tag', ref]);
    const label = ['--label', `${imageLabel}=${target}`];
    const command = ['docker', 'build', '--file', dockerfile, ...flags, ...label, ...tags, context];
    await run(command, `${refs[0]} could not be built`, signal);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
