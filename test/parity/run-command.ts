import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface CommandOptions {
  cwd: string;
  env: Record<string, string>;
  /** A file that takes what the command prints: both streams in the order in which they were written. */
  outputPath: string;
  /** The command is killed after this long and counts as `timeout(1)` does: exit code 124. */
  timeoutMs: number;
}

/** Runs a command to its end; stdout and stderr come as one text, as on a terminal. */
export function runCommand(
  path: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<{ text: string; exitCode: number }> {
  const output = openSync(options.outputPath, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', output, output],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    closeSync(output);
    child.on('error', reject);
    child.on('close', (code) => resolve({ text: readFileSync(options.outputPath, 'utf8'), exitCode: code ?? 124 }));
  });
}
