import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { type Command, resolveCommand } from './command.ts';
import { exitCodeOf } from './exit-code.ts';
import { signalGroup } from './leftovers.ts';
import { ExecStartError } from './start-error.ts';

export interface ExecStreams {
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  signal: AbortSignal;
}

/** What an exec session needs of its container. */
export interface ExecHost {
  clock: Clock;
  env: NodeJS.ProcessEnv;
  path: string;
  workingDir: string;
  /** Aborts when the container ends; its sessions end with it. */
  ended: AbortSignal;
  /** Notes a process group that belongs to the container; returns the function that forgets it. */
  own(group: number): () => void;
}

/** Someone else may hold the pipes of a process that has ended; what is buffered arrives well within this. */
export const outputPatienceMs = 500;
const scriptProgram = '/usr/bin/script';

/**
 * Runs a command beside a container's process, with its environment and network. Resolves when the command has ended.
 * Differs: terminal sizes are not passed on, and where the host has no `script` a terminal is a plain pipe.
 * @throws ExecStartError when there is no such program
 */
export async function execInContainer(
  host: ExecHost,
  options: { command: readonly string[]; tty: boolean },
  streams: ExecStreams,
): Promise<{ exitCode: number }> {
  const { file, args } = withTerminal(resolve(host, options.command), options.tty);
  const child = spawn(file, args, { cwd: host.workingDir, env: host.env, detached: true, stdio: 'pipe' });
  const forget = child.pid === undefined ? () => {} : host.own(child.pid);
  const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  const gone = AbortSignal.any([streams.signal, host.ended]);
  gone.addEventListener('abort', stop, { once: true });
  if (gone.aborted) stop();
  connect(child, streams, options.tty);
  try {
    return { exitCode: await ended(child, host.clock) };
  } finally {
    gone.removeEventListener('abort', stop);
    streams.stdin?.unpipe(child.stdin ?? undefined);
    forget();
  }
}

function resolve(host: ExecHost, words: readonly string[]): Command {
  try {
    return resolveCommand(words, host);
  } catch (error) {
    throw new ExecStartError(randomBytes(32).toString('hex'), (error as Error).message);
  }
}

function withTerminal(command: Command, tty: boolean): Command {
  if (!tty || !existsSync(scriptProgram)) return command;
  const line = [command.file, ...command.args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  return { file: scriptProgram, args: ['-qfec', line, '/dev/null'] };
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
