import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { isatty } from 'node:tty';
import type { Target } from '../engines/target.ts';
import { openLab, type Lab } from '../session/lab.ts';
import type { ProgressView } from './progress-view.ts';

/** One run of the command line: what a command needs besides its own arguments. */
export interface Invocation {
  signal: AbortSignal;
  json: boolean;
  progress: ProgressView;
}

/** Exit codes. Anything that could not be done or judged is 2. */
export const exitCode = { done: 0, notPassed: 1, failed: 2, interrupted: 130 } as const;

/**
 * The lab that a command is about: that of this folder, or of the nearest folder above that has one, so that commands
 * also work from within the workspace.
 */
export function labHere(invocation: Invocation): Lab {
  return openLab(nearestLab(process.cwd()) ?? process.cwd(), invocation.signal, invocation.progress.report);
}

/** The lab of exactly this folder, for `start`; within a workspace that is the lab to which it belongs. */
export function labOfThisFolder(invocation: Invocation, target: Target): Lab {
  const [folder = process.cwd()] = process.cwd().split(`${sep}.brokenprod${sep}`);
  return openLab(folder, invocation.signal, invocation.progress.report, target);
}

function nearestLab(from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const hasLab = ['session.json', 'engine.json', 'lock.json', 'target.json'].some((name) =>
      existsSync(join(dir, '.brokenprod', name)),
    );
    if (hasLab) return dir;
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
