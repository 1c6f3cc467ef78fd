/** Where cases are replayed: an engine of its own in a temporary folder, with the demo service as its only image. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from '../../cluster/cluster.ts';
import { kubectlPath, type KubectlVersion } from '../helpers/kubectl.ts';

export interface Site extends AsyncDisposable {
  kubectl: string;
  /** The working folder of recorded commands: holds `cases/` and `run/`. */
  workDir: string;
  temporaryDir: string;
  env: Record<string, string>;
  /** A file of its own for each command's output. */
  nextOutputPath(): string;
}

const ownInputs = fileURLToPath(new URL('run', import.meta.url));

/** @param dir a folder with `cases/` and `demo-service/`; inputs of single commands are in its `run/`, or here */
export async function openSite(dir: string, version: KubectlVersion): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), 'brokenprod-parity-'));
  const at = (name: string) => join(root, name);
  for (const name of ['work', 'tmp', 'output']) await mkdir(at(name));
  await symlink(resolve(dir, 'cases'), join(at('work'), 'cases'));
  await symlink(existsSync(join(dir, 'run')) ? resolve(dir, 'run') : ownInputs, join(at('work'), 'run'));

  // The recorded one was bare Kubernetes.
  const addons = { metricsServer: false, storageClass: false };
  const cluster = await startCluster({ dir: at('cluster'), loadBalancerPorts: {}, addons });
  const entry = resolve(dir, 'demo-service', 'server.js');
  const digest = `sha256:${createHash('sha256')
    .update(await readFile(entry))
    .digest('hex')}`;
  for (const tag of ['latest', 'v1.0', 'v1.1']) {
    await cluster.images.put(`demo-service:${tag}`, {
      digest,
      entry,
      nodeOptions: [],
      env: {},
      createdAt: '2026-11-20T16:47:00Z',
    });
  }
  let outputs = 0;
  return {
    kubectl: kubectlPath(version),
    workDir: at('work'),
    temporaryDir: at('tmp'),
    env: {
      KUBECONFIG: cluster.kubeconfigPath,
      KUBECACHEDIR: at('kube-cache'),
      TMPDIR: at('tmp'),
      KUBE_EDITOR: `${process.execPath} ${fileURLToPath(new URL('editor.ts', import.meta.url))}`,
    },
    nextOutputPath: () => join(at('output'), String(outputs++)),
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}
