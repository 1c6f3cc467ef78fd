import { spawn } from 'node:child_process';

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  input?: string;
  /** Kills the command after this long; default 60 s. */
  timeoutMs?: number;
}

/** Runs a command to its end and returns what it printed; a failing command is an answer, not an error. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const killed = signal ? `\n[ended by ${signal}]` : '';
      resolve({ code: code ?? 128, stdout, stderr: stderr + killed });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Asks again until `done` says yes; for what a cluster reaches in its own time.
 * @throws Error with the last answer when `timeoutMs` is over
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  { timeoutMs = 30_000, everyMs = 250 } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${timeoutMs} ms; last answer:\n${JSON.stringify(answer, undefined, 1).replaceAll('\\n', '\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
