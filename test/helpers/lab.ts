import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../../grader/verdict.ts';
import { openLab } from '../../lab/session/lab.ts';
import { runSteps } from '../../lab/session/run-steps.ts';
import type { Step } from '../../scenarios/fault.ts';
import { kubectlFor, kubectlPath, type Kubectl } from './kubectl.ts';
import { run, type Finished } from './run.ts';

const cliPath = fileURLToPath(new URL('../../lab/cli/brokenprod.mjs', import.meta.url));

/** A folder of its own, in which the real command line is run; `stop` at the end of the scope. */
export interface TestLab extends AsyncDisposable {
  dir: string;
  cli(args: readonly string[], timeoutMs?: number): Promise<Finished>;
  /** The verdict of `grade --json` with the given flags. */
  grade(...flags: string[]): Promise<Verdict>;
  kubectl: Kubectl;
  /** Does steps of a fault's data as a person would: kubectl, edits in the workspace, `image build`. */
  apply(steps: readonly Step[]): Promise<void>;
}

export async function createTestLab(): Promise<TestLab> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-e2e-'));
  const kubeconfig = join(dir, '.brokenprod', 'kubeconfig');
  // The trainee's kubectl: the pinned one comes first on the PATH.
  const env = { PATH: `${dirname(kubectlPath())}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1' };
  const cli = (args: readonly string[], timeoutMs = 60_000) =>
    run(process.execPath, [cliPath, ...args], { cwd: dir, env, timeoutMs });
  return {
    dir,
    cli,
    async grade(...flags) {
      const result = await cli(['grade', '--json', ...flags], 300_000);
      if (result.code === 2 && !result.stdout) throw new Error(result.stderr);
      return JSON.parse(result.stdout) as Verdict;
    },
    kubectl: kubectlFor(kubeconfig),
    async apply(steps) {
      const lab = openLab(dir, new AbortController().signal, () => {});
      await runSteps(lab, kubeconfig, steps, () => {});
    },
    async [Symbol.asyncDispose]() {
      await cli(['stop']);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Processes of this machine whose command line or environment names the folder: what a stopped lab must not leave. */
export async function processesOf(dir: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=']);
  const found: string[] = [];
  for (const pid of stdout.trim().split(/\s+/)) {
    if (pid === String(process.pid)) continue;
    const [command = '', environment = ''] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (command.includes(dir) || environment.includes(dir)) found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}
