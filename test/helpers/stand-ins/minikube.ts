import { bring, forget } from './bring.ts';
import { behaviour, change, fail, world } from './state.ts';

/** As much of minikube as the scripts use. */
export async function minikube(args: readonly string[]): Promise<void> {
  if (args[0] === 'version') return void process.stdout.write('minikube version: v1.36.0\n');
  const [, profile = '', , verb, ...refs] = args;
  if (!world().clusters[profile]) {
    fail(`* Profile "${profile}" not found. Run "minikube profile list" to view all profiles.`, 85);
  }
  if (verb === 'ls')
    for (const ref of world().delivered[profile] ?? []) process.stdout.write(`docker.io/library/${ref}\n`);
  if (verb === 'load') await load(profile, refs);
  if (verb === 'rm') {
    const gone = new Set(refs.map((ref) => ref.replace('docker.io/library/', '')));
    for (const ref of gone) forget(ref);
    change(({ delivered }) => (delivered[profile] = (delivered[profile] ?? []).filter((ref) => !gone.has(ref))));
  }
}

async function load(profile: string, refs: readonly string[]): Promise<void> {
  const isHalf = behaviour().import === 'half';
  await bring(profile, isHalf ? refs.slice(0, Math.floor(refs.length / 2)) : refs);
  // It says so, and exits with 0.
  if (isHalf)
    process.stderr.write('! Failed to load cached images for profile minikube: loading image: ssh: session failed\n');
}
