import { createInterface } from 'node:readline/promises';
import { isInteractive, type Invocation } from './invocation.ts';

/** Asks a person for a line of text; undefined where there is nobody to ask. */
export async function askText({ json, signal }: Invocation, question: string): Promise<string | undefined> {
  if (json || !isInteractive() || !process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${question}: `, { signal })).trim();
  } finally {
    terminal.close();
  }
}

/** Asks a person; where there is none the answer is no. */
export async function isAgreed({ json, signal }: Invocation, question: string): Promise<boolean | undefined> {
  if (json || !isInteractive() || !process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
