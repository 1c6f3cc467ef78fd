import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageLabel } from './deliver.ts';
import type { ImagePlan } from './image-plan.ts';
import { attempt, run, say } from './script.ts';

const dockerfile = fileURLToPath(new URL('../../services/Dockerfile', import.meta.url));

interface Options {
  target: string;
  nodeImage: string | undefined;
  /** None: that of this machine's Docker. */
  platforms: readonly string[];
  signal: AbortSignal;
}

/**
 * Builds each image of the plan under all its names.
 * @throws Problem
 */
export async function buildAll(plan: ImagePlan, options: Options): Promise<void> {
  for (const image of plan) {
    say(`Building ${image.refs[0]}`);
    await build(image, ['docker', 'build'], options);
  }
}

/** Docker's own builder makes images for one platform; this one is ours. */
const builder = 'brokenprod';

/**
 * Builds each image for several platforms. Docker can't keep such an image, so it goes to its registry at once.
 * @throws Problem
 */
export async function buildForSeveral(plan: ImagePlan, options: Options): Promise<void> {
  const { signal, platforms, target } = options;
  const isThere = (await attempt(['docker', 'buildx', 'inspect', builder], signal)).ok;
  if (!isThere) {
    const create = ['docker', 'buildx', 'create', '--name', builder, '--driver', 'docker-container'];
    await run(create, 'No builder for several platforms could be made', signal);
  }
  try {
    for (const image of plan) {
      say(`Building and pushing ${image.refs[0]} for ${platforms.join(' and ')}`);
      const command = ['docker', 'buildx', 'build', '--builder', builder, '--push'];
      const failure = `${image.refs[0]} could not be built and pushed (docker login ${target.split('/')[0]}?)`;
      await build(image, command, options, failure);
    }
  } finally {
    if (!isThere) await attempt(['docker', 'buildx', 'rm', builder]);
  }
}

/** The context holds the bundle and nothing else. */
async function build(
  { service, entry, version, commit, refs }: ImagePlan[number],
  command: readonly string[],
  { target, nodeImage, platforms, signal }: Options,
  failure = `${refs[0]} could not be built`,
): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'brokenprod-image-'));
  try {
    await copyFile(entry, join(context, `${service}.cjs`));
    const args = { SERVICE: service, VERSION: version, COMMIT: commit, ...(nodeImage && { NODE_IMAGE: nodeImage }) };
    const flags = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const platform = platforms.length > 0 ? ['--platform', platforms.join(',')] : [];
    const tags = refs.flatMap((ref) => ['--tag', ref]);
    const label = ['--label', `${imageLabel}=${target}`];
    await run([...command, '--file', dockerfile, ...platform, ...flags, ...label, ...tags, context], failure, signal);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
