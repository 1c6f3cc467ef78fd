import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { LabError } from '../errors.ts';
import type { LabFolder } from '../lab-folder.ts';
import { findKubectl } from './find-kubectl.ts';

/**
 * Becomes kubectl, as far as a Node process can: arguments, terminal and exit code are kubectl's own.
 * @returns the exit code
 * @throws LabError NO_KUBECTL
 */
export async function runKubectl(folder: LabFolder, kubeconfig: string, args: readonly string[]): Promise<number> {
  const kubectl = await requireKubectl(folder);
  const child = spawn(kubectl, args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } });
  // Ctrl-C reaches kubectl from the terminal itself; it decides what to do.
  const ignore = (): void => {};
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', pass);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('SIGINT', ignore).off('SIGTERM', pass);
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

const outputMaxBytes = 1024 * 1024;
const finishedWithinMs = 60_000;

/** Runs kubectl to its end and returns what it printed, errors included. */
export async function captureKubectl(
  folder: LabFolder,
  kubeconfig: string,
  args: readonly string[],
  { cwd, signal }: { cwd: string; signal: AbortSignal },
): Promise<{ code: number; output: string }> {
  const kubectl = await requireKubectl(folder);
  const child = spawn(kubectl, args, {
    cwd,
    signal,
    timeout: finishedWithinMs,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-outputMaxBytes)));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 128, output };
}

async function requireKubectl(folder: LabFolder): Promise<string> {
  const kubectl = await findKubectl(folder);
  if (!kubectl) throw new LabError('NO_KUBECTL');
  return kubectl.path;
}
