import { createInterface } from 'node:readline/promises';
import { isInteractive, type Invocation } from './invocation.ts';

/** Asks a person for a line of text; undefined where there is nobody to ask, or who is asked says no more. */
export async function askText(invocation: Invocation, question: string): Promise<string | undefined> {
  return ask(invocation, `${question}: `);
}

/** Asks a person; undefined where there is none. */
export async function isAgreed(invocation: Invocation, question: string): Promise<boolean | undefined> {
  const answer = await ask(invocation, `${question} [y/N] `);
  return answer === undefined ? undefined : /^y(es)?$/i.test(answer);
}

async function ask({ json, signal }: Invocation, prompt: string): Promise<string | undefined> {
  if (json || !isInteractive() || !process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal hands Ctrl-C over as a key; to the command it is what it is everywhere else.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return (await terminal.question(prompt, { signal })).trim();
  } catch (error) {
    signal.throwIfAborted();
    // Ctrl-D
    if ((error as Error).name === 'AbortError') return undefined;
    throw error;
  } finally {
    terminal.close();
  }
}
