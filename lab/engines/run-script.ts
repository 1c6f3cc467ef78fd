import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LabError } from '../errors.ts';
import { project } from '../project.ts';

const outputMaxChars = 64 * 1024;

/**
 * Runs one of `scripts/`, which a person could run just so, and passes its progress on.
 * @param tell gets each line of progress
 * @returns what it printed on standard output
 * @throws LabError SCRIPT_FAILED with the script's own words; the signal's reason when it aborts
 */
export async function runScript(
  name: string,
  args: readonly string[],
  { tell, signal }: { tell: (line: string) => void; signal?: AbortSignal },
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, [join(project.root, 'scripts', name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // It puts back what it began and then ends; a second request would cut that short.
  const interrupt = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', interrupt, { once: true });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-outputMaxChars)));
  const problem: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('✗ ') || problem.length > 0) problem.push(line.replace(/^✗ /, ''));
    else tell(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  signal?.removeEventListener('abort', interrupt);
  signal?.throwIfAborted();
  if (code === 0) return stdout;
  throw new LabError('SCRIPT_FAILED', { script: name, why: problem.slice(0, 20).join('\n') || `exit code ${code}` });
}
