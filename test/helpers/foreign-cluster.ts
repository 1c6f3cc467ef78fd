import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubectlFor, kubectlPath, type Kubectl } from './kubectl.ts';
import { run, type Finished } from './run.ts';
import { createStandIns, type StandIns } from './stand-ins.ts';

const cliPath = fileURLToPath(new URL('../../lab/cli/brokenprod.mjs', import.meta.url));
const clusterPath = fileURLToPath(new URL('just-a-cluster.ts', import.meta.url));

/** A cluster that is nobody's lab, stand-ins for the tools, and two people's folders. */
export interface Stage extends AsyncDisposable {
  kubectl: Kubectl;
  kubeconfig: string;
  tools: StandIns;
  /** Runs the real command line in a folder of its own. */
  cli(folder: 'anna' | 'ben', ...args: string[]): Promise<Finished>;
  dirOf(folder: 'anna' | 'ben'): string;
  /** As a machine that dies. */
  killCluster(): Promise<void>;
}

/** @param port where the cluster's load balancer listens, if it has one */
export async function createStage(port = ''): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-any-'));
  const cluster = spawn(process.execPath, [clusterPath, join(dir, 'cluster'), port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(cluster.stdout, 'data')) as [Buffer];
  const { kubeconfig } = JSON.parse(line.toString()) as { kubeconfig: string };
  const tools = await createStandIns({
    STAND_IN_IMAGE_STORE: join(dir, 'cluster', 'images'),
    STAND_IN_KUBECONFIG: kubeconfig,
    STAND_IN_KUBECTL: kubectlPath(),
    STAND_IN_PORT: port,
  });
  const dirOf = (folder: string): string => join(dir, folder);
  for (const folder of ['anna', 'ben']) await run('mkdir', [dirOf(folder)]);
  return {
    kubectl: kubectlFor(kubeconfig),
    kubeconfig,
    tools,
    dirOf,
    cli: (folder, ...args) =>
      run(process.execPath, [cliPath, ...args], { cwd: dirOf(folder), env: tools.env, timeoutMs: 240_000 }),
    killCluster: () => end(cluster, 'SIGKILL'),
    async [Symbol.asyncDispose]() {
      await end(cluster, 'SIGTERM');
      await tools[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
