import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { formatRecording } from './recording.ts';
import { parsePodRow, type PodRow } from './watch.ts';

/** A running `kubectl get … -w`, whose lines are kept with the seconds since apply in front. */
export interface KubectlWatch extends AsyncDisposable {
  /** The latest row of each pod that wasn't deleted; of use when pods are watched. */
  pods(): PodRow[];
  /**
   * What came so far, in the shape of a recording.
   * @param startMs the moment of apply, from which seconds count
   */
  recording(command: string, startMs: number): string;
}

export function watchWith(kubectl: string, args: readonly string[], env: Record<string, string>): KubectlWatch {
  const lines: { atMs: number; line: string }[] = [];
  const rows = new Map<string, PodRow>();
  const child = spawn(kubectl, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  child.on('error', () => {});
  createInterface(child.stdout).on('line', (line) => {
    lines.push({ atMs: Date.now(), line });
    const row = parsePodRow(line);
    if (row && line.startsWith('DELETED')) rows.delete(row.name);
    else if (row) rows.set(row.name, row);
  });
  return {
    pods: () => [...rows.values()],
    recording(command, startMs) {
      const text = lines.map(({ atMs, line }) => `${((atMs - startMs) / 1000).toFixed(1).padStart(7)} ${line}`);
      return formatRecording({ command, text: text.join('\n'), exitCode: 0 });
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
