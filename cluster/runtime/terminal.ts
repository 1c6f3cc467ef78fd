import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type Clock, sleep } from '../../lib/clock.ts';
import type { Command } from './command.ts';

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** What runs inside a terminal: a process group of its own, as `script` makes it. */
export interface OpenTerminal {
  group: number;
  /** `/dev/pts/3` */
  device: string;
}

const scriptProgram = '/usr/bin/script';
const lookEveryMs = 10;
const looks = 200;

/** Whether this host can give a command a terminal. Differs: without `script` a terminal is a plain pipe. */
export function hasTerminals(): boolean {
  return existsSync(scriptProgram);
}

/**
 * The command, started inside a new terminal. It first notes who it is.
 * @param noteFile where it does; see `readTerminalNote`
 */
export function inTerminal(command: Command, noteFile: string): Command {
  const words = [command.file, ...command.args].map(quote).join(' ');
  const line = `{ echo $$; tty; } > ${quote(noteFile)}; exec ${words}`;
  if (process.platform === 'darwin') return { file: scriptProgram, args: ['-q', '/dev/null', '/bin/sh', '-c', line] };
  return { file: scriptProgram, args: ['-qfec', line, '/dev/null'] };
}

/** Resolves with what the command noted, undefined when it never did; the note is removed. */
export async function readTerminalNote(
  noteFile: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenTerminal | undefined> {
  try {
    for (let look = 0; look < looks && !signal.aborted; look++) {
      const [group, device, end] = existsSync(noteFile) ? readFileSync(noteFile, 'utf8').split('\n') : [];
      if (end !== undefined) return { group: Number(group), device: device ?? '' };
      await sleep(clock, lookEveryMs, signal).catch(() => {});
    }
    return undefined;
  } finally {
    rmSync(noteFile, { force: true });
  }
}

/** Gives terminals their size, one change after the other; of changes that come too fast only the last counts. */
export class TerminalSizer {
  #device: string | undefined;
  #wanted: TerminalSize | undefined;
  #busy = false;

  /** The terminal is open. */
  open(device: string): void {
    this.#device = device;
    this.#apply();
  }

  resize(size: TerminalSize): void {
    this.#wanted = size;
    this.#apply();
  }

  #apply(): void {
    const size = this.#wanted;
    if (!size || !this.#device || this.#busy) return;
    this.#wanted = undefined;
    this.#busy = true;
    const flag = process.platform === 'darwin' ? '-f' : '-F';
    const args = [flag, this.#device, 'rows', String(size.rows), 'columns', String(size.columns)];
    const child = spawn('stty', args, { stdio: 'ignore', timeout: 2000 });
    const next = () => {
      this.#busy = false;
      this.#apply();
    };
    child.once('error', next);
    child.once('close', next);
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
