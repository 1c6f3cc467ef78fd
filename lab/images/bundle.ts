import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildFailure, type BuildOptions, build, type Message, type Plugin } from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * sdk-node carries every exporter that its configuration could name. Our services export traces as JSON and nothing
 * else: left out, the rest saves each pod a third of its start and several MiB.
 */
const unusedPackages =
  /^@opentelemetry\/(configuration|exporter-(logs|metrics)-otlp-(grpc|http|proto)|exporter-trace-otlp-(grpc|proto)|exporter-prometheus|exporter-zipkin|propagator-b3)$/;

const leaveOutUnused: Plugin = {
  name: 'leave out unused exporters',
  setup(builder) {
    builder.onResolve({ filter: unusedPackages }, ({ path }) => ({ path, namespace: 'unused' }));
    builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** CommonJS, because V8's compile cache covers it best and its modules load without promises. */
const recipe = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'silent',
} satisfies BuildOptions;

/** The source does not build. The message is for whoever edited it: what is wrong, and in which file and line. */
export class BuildError extends Error {}

/** Whatever changes a bundle besides its own sources. */
export async function recipeDigestParts(): Promise<string[]> {
  const lock = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const own = await readFile(fileURLToPath(import.meta.url), 'utf8');
  return [lock, own];
}

/**
 * Makes of each program one file that runs anywhere Node does.
 * @param entries source and result; results end in `.cjs` and lie below `outDir`
 * @throws BuildError
 */
export async function bundle(entries: readonly { main: string; outFile: string }[], outDir: string): Promise<void> {
  try {
    await build({
      ...recipe,
      entryPoints: entries.map(({ main, outFile }) => ({
        in: main,
        out: relative(outDir, outFile).replace(/\.cjs$/, ''),
      })),
      outdir: outDir,
      outExtension: { '.js': '.cjs' },
      absWorkingDir: repository,
      // The sources may be a copy in the trainee's workspace, far from any node_modules.
      nodePaths: [fileURLToPath(new URL('../../node_modules', import.meta.url))],
      plugins: [leaveOutUnused],
    });
  } catch (error) {
    if (!isBuildFailure(error)) {
      throw error;
    }
    throw new BuildError(error.errors.map(describe).join('\n'), { cause: error });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describe({ location, text }: Message): string {
  return location
    ? `${location.file}:${location.line}:${location.column + 1}: ${text}\n    ${location.lineText.trim()}`
    : text;
}
