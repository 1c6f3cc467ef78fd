import { constants } from 'node:os';

/** The exit code as a container runtime reports it: 128 and the signal's number for a process that a signal ended. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
