import { bring } from './bring.ts';
import { behaviour, fail, world } from './state.ts';

/** As much of kind as the scripts use. */
export async function kind(args: readonly string[]): Promise<void> {
  if (args[0] === 'version') return void process.stdout.write('kind v0.29.0 go1.24.2 linux/amd64\n');
  const [, , ...rest] = args;
  const name = rest[rest.indexOf('--name') + 1] ?? '';
  if (!world().clusters[name]) fail(`ERROR: no nodes found for cluster "${name}"`);
  const refs = rest.slice(0, rest.indexOf('--name'));
  const unknown = refs.find((ref) => !world().built[ref]);
  if (unknown) fail(`ERROR: image: "${unknown}" not present locally`);
  if (behaviour().import === 'half')
    fail('ERROR: failed to load image: command "docker exec" failed with error: exit status 1');
  await bring(name, refs);
}
