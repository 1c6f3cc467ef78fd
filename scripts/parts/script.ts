import { $ } from 'zx';
import { surviveUnread } from '../../lib/unread.ts';

/** What a person in front of the script has to know and do; shown without a stack. */
export class Problem extends Error {}

/** Progress goes to standard error; standard output belongs to the facts. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a script to its end and sets the exit code: 0, 1 for a problem, 130 when interrupted. The first Ctrl-C lets it
 * put back what it began, the second ends it at once.
 */
export async function runScript(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  $.verbose = false;
  $.quiet = true;
  // Half a cluster must not stay because nobody reads how it comes about.
  surviveUnread(process.stdout);
  surviveUnread(process.stderr);
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(130);
      interrupted.abort(new Problem('Interrupted.'));
    });
  }
  try {
    await main(interrupted.signal);
  } catch (error) {
    const isKnown = interrupted.signal.aborted || error instanceof Problem;
    say(isKnown ? `✗ ${error instanceof Problem ? error.message : 'Interrupted.'}` : String((error as Error).stack));
    process.exitCode = interrupted.signal.aborted ? 130 : 1;
  }
}

/**
 * Runs a command; what it prints comes back, and shows up only when it matters.
 * @throws Problem with `failure` and the command's last words
 */
export async function run(command: readonly string[], failure: string, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const output = await attempt(command, signal);
  signal?.throwIfAborted();
  if (output.ok) return output.stdout;
  throw new Problem(`${failure}: ${lastWords(output.stderr || output.stdout)}`);
}

export interface Attempt {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a command whose failure is an answer. When the signal aborts, the command ends too. */
export async function attempt(command: readonly string[], signal?: AbortSignal): Promise<Attempt> {
  const settings = { nothrow: true, ...(signal && { signal }) };
  const { ok, stdout, stderr } = await $(settings)`${command}`;
  return { ok, stdout, stderr };
}

/** The line of a tool's output that names the error, without colours and log prefixes. */
export function lastWords(output: string): string {
  // oxlint-disable-next-line no-control-regex -- colours begin with an escape
  const plain = output.replaceAll(/\u001B\[[\d;]*m/g, '');
  const lines = plain
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  // What comes after the first complaint is mostly about cleaning up.
  const telling = lines.find((line) => /\berror\b|failed|denied|refused|no such|not found/i.test(line)) ?? lines.at(-1);
  return (telling ?? 'it said nothing').replace(/^(ERRO|FATA|WARN)\[\d+\]\s*/, '').slice(0, 400);
}
