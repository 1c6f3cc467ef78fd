import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { type Command, resolveCommand } from './command.ts';
import type { Mount } from './container-mounts.ts';
import { exitCodeOf } from './exit-code.ts';
import { signalGroup } from './leftovers.ts';
import { ExecStartError } from './start-error.ts';
import { hasTerminals, inTerminal, readTerminalNote, type TerminalSize, TerminalSizer } from './terminal.ts';

export interface ExecStreams {
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  onResize?(callback: (size: TerminalSize) => void): void;
  signal: AbortSignal;
}

/** What an exec session needs of its container. */
export interface ExecHost {
  clock: Clock;
  env: NodeJS.ProcessEnv;
  path: string;
  mounts: readonly Mount[];
  workingDir: string;
  /** Aborts when the container ends; its sessions end with it. */
  ended: AbortSignal;
  /** Notes a process group that belongs to the container; returns the function that forgets it. */
  own(group: number): () => void;
}

/** Someone else may hold the pipes of a process that has ended; what is buffered arrives well within this. */
export const outputPatienceMs = 500;

/**
 * Runs a command beside a container's process, with its environment and network. Resolves when the command has ended.
 * @throws ExecStartError when there is no such program
 */
export async function execInContainer(
  host: ExecHost,
  options: { command: readonly string[]; tty: boolean },
  streams: ExecStreams,
): Promise<{ exitCode: number }> {
  const command = resolve(host, options.command);
  const noteFile = options.tty && hasTerminals() ? join(host.workingDir, 'tmp', randomUUID()) : undefined;
  const { file, args, argv0 } = noteFile ? inTerminal(command, noteFile) : command;
  const child = spawn(file, args, { argv0, cwd: host.workingDir, env: host.env, detached: true, stdio: 'pipe' });
  const done = new AbortController();
  await using owned = new AsyncDisposableStack();
  owned.defer(() => done.abort());
  if (child.pid !== undefined) owned.defer(host.own(child.pid));
  const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  const gone = AbortSignal.any([streams.signal, host.ended]);
  gone.addEventListener('abort', stop, { once: true });
  owned.defer(() => gone.removeEventListener('abort', stop));
  if (gone.aborted) stop();
  connect(child, streams, options.tty);
  owned.defer(() => void streams.stdin?.unpipe(child.stdin ?? undefined));
  const terminal = noteFile ? keepTerminal(noteFile, host, streams, done.signal) : Promise.resolve();
  const exitCode = await ended(child, host.clock);
  done.abort();
  await terminal;
  return { exitCode };
}

/** What runs in a terminal is a process group of its own: it is noted too, and gets the sizes of the terminal. */
async function keepTerminal(noteFile: string, host: ExecHost, streams: ExecStreams, done: AbortSignal): Promise<void> {
  const sizer = new TerminalSizer();
  streams.onResize?.((size) => sizer.resize(size));
  const terminal = await readTerminalNote(noteFile, host.clock, done);
  if (!terminal || done.aborted) return;
  const forget = host.own(terminal.group);
  sizer.open(terminal.device);
  await new Promise<void>((resolve) => {
    done.addEventListener('abort', () => resolve(), { once: true });
  });
  // With its terminal goes what was started in it, also what was told to ignore the hang-up.
  signalGroup(terminal.group, 'SIGKILL');
  forget();
}

function resolve(host: ExecHost, words: readonly string[]): Command {
  try {
    return resolveCommand(words, host);
  } catch (error) {
    throw new ExecStartError(randomBytes(32).toString('hex'), (error as Error).message);
  }
}

function connect(child: ChildProcess, streams: ExecStreams, tty: boolean): void {
  // A reader that has gone is no failure of the command: it notices by SIGPIPE or by the end of its input.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
  if (streams.stdin && child.stdin) streams.stdin.pipe(child.stdin);
  else child.stdin?.end();
  pipeOrDrop(child.stdout, streams.stdout);
  pipeOrDrop(child.stderr, tty ? streams.stdout : streams.stderr);
}

function pipeOrDrop(from: Readable | null, to: Writable | undefined): void {
  if (to) from?.pipe(to, { end: false });
  else from?.resume();
}

function ended(child: ChildProcess, clock: Clock): Promise<number> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      const patience = clock.setTimeout(() => done(exitCodeOf(code, signal)), outputPatienceMs);
      child.once('close', () => {
        patience.cancel();
        done(exitCodeOf(code, signal));
      });
    });
  });
}
