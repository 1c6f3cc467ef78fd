import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { openLab, type Lab } from '../session/lab.ts';
import { progressView } from './progress-view.ts';

/** One run of the command line: what a command needs besides its own arguments. */
export interface Invocation {
  signal: AbortSignal;
  json: boolean;
}

/** Exit codes. Anything that could not be done or judged is 2. */
export const exitCode = { done: 0, notPassed: 1, failed: 2, interrupted: 130 } as const;

/**
 * The lab that a command is about: that of this folder, or of the nearest folder above that has one, so that commands
 * also work from within the workspace.
 */
export function labHere(invocation: Invocation): Lab {
  return openLab(nearestLab(process.cwd()) ?? process.cwd(), invocation.signal, progressView(invocation.json));
}

/** The lab of exactly this folder, for `start`. */
export function labOfThisFolder(invocation: Invocation): Lab {
  return openLab(process.cwd(), invocation.signal, progressView(invocation.json));
}

function nearestLab(from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.brokenprod'))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Whether a person looks at this. */
export function isInteractive(): boolean {
  return isatty(1) && !process.env['CI'];
}
