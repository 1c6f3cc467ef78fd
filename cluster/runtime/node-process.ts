import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../lib/clock.ts';
import { attachTo } from './attach.ts';
import { type Command, containerCommand, searchPath } from './command.ts';
import type { ContainerExit, ContainerRuntime, ContainerSpec, RunningContainer } from './container-runtime.ts';
import { containerMounts, type Mount } from './container-mounts.ts';
import { CpuThrottle } from './cpu-throttle.ts';
import { type ExecHost, execInContainer, outputPatienceMs } from './exec.ts';
import { exitCodeOf } from './exit-code.ts';
import { Guardian } from './guardian.ts';
import type { ImageStore } from './images.ts';
import { signalGroup, recordPid } from './leftovers.ts';
import { createLineSplitter } from './line-splitter.ts';
import { startPause } from './pause/pause.ts';
import { handlesSignal } from './process-table.ts';
import { StartError } from './start-error.ts';
import { hasTerminals, inTerminal, readTerminalNote, TerminalSizer } from './terminal.ts';
import { type Sampled, UsageSampler } from './usage-sampler.ts';

export interface NodeRuntimeOptions {
  images: ImageStore;
  clock: Clock;
  /** Where notes of running processes lie; see `killLeftovers`. */
  runDir: string;
  /** Programs that come first on the PATH of containers and exec sessions. */
  appletsDir: string;
  /** Ends all containers when it aborts. */
  signal?: AbortSignal;
}

const firstProcess = fileURLToPath(new URL('first-process.cjs', import.meta.url));

type Output = (stream: 'stdout' | 'stderr', line: string) => void;

/**
 * Runs each container as a plain Node process of this host, in a process group of its own.
 * Differs: no cgroups and no namespaces: files outside the mounts are the host's.
 */
export function createNodeRuntime(options: NodeRuntimeOptions): ContainerRuntime & AsyncDisposable {
  const { images, clock, runDir, appletsDir, signal } = options;
  const sampler = new UsageSampler(clock);
  const running = new Set<RunningContainer>();
  const path = searchPath(appletsDir);
  const guardian = new Guardian(runDir);

  function endAll(): void {
    for (const container of running) container.kill('SIGKILL');
  }
  signal?.addEventListener('abort', endAll, { once: true });

  async function begin(spec: ContainerSpec, output: Output): Promise<RunningContainer> {
    if (spec.image.isPause) return startPause(spec, output, clock);
    guardian.watch();
    return await startContainer(spec, output, { clock, sampler, path, runDir, appletsDir });
  }

  return {
    resolveImage: (reference) => images.get(reference),
    knowsRepository: (reference) => images.hasRepository(reference),
    async start(spec, output) {
      const container = await begin(spec, output);
      running.add(container);
      void container.exited.then(() => running.delete(container));
      return container;
    },
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', endAll);
      const last = [...running].map((container) => container.exited);
      endAll();
      await Promise.all(last);
      await guardian[Symbol.asyncDispose]();
    },
  };
}

interface Host {
  clock: Clock;
  sampler: UsageSampler;
  path: string;
  runDir: string;
  appletsDir: string;
}

/** @throws StartError when the program does not exist or cannot be run */
async function startContainer(spec: ContainerSpec, output: Output, host: Host): Promise<RunningContainer> {
  const { clock, sampler, path, runDir, appletsDir } = host;
  const mounts = containerMounts(spec, [process.execPath, appletsDir, spec.preload, firstProcess]);
  const env = processEnv(spec, path, mounts);
  const noteFile = spec.tty && hasTerminals() ? join(spec.workingDir, 'tmp', randomUUID()) : undefined;
  const child = await launch(spec, env, { path, mounts, noteFile });
  const group = child.pid as number;
  const startedAtMs = clock.now();
  const forgetPid = recordPid(runDir, group, startedAtMs);
  const ended = new AbortController();
  const groups = new Set([group]);
  const throttle = throttleOf(spec, groups, clock, () => sampler.cpuMs(sampled));
  let outOfMemory = false;
  const sampled: Sampled = {
    groups,
    memoryLimitBytes: spec.memoryLimitBytes,
    onOverLimit() {
      outOfMemory = true;
      for (const one of groups) signalGroup(one, 'SIGKILL');
    },
    onLook: (cpuMs) => throttle?.note(cpuMs),
  };
  const stopSampling = sampler.add(sampled, group);
  const execHost: ExecHost = {
    clock,
    env,
    path,
    mounts,
    workingDir: spec.workingDir,
    ended: ended.signal,
    own(execGroup) {
      groups.add(execGroup);
      const forget = recordPid(runDir, execGroup, clock.now());
      return () => {
        groups.delete(execGroup);
        forget();
      };
    },
  };
  const sizer = new TerminalSizer();
  if (noteFile) void keepTerminal(noteFile, execHost, sizer);
  const exited = untilExit(child, output, clock).then((exitCode): ContainerExit => {
    stopSampling();
    throttle?.[Symbol.dispose]();
    ended.abort();
    // As a PID namespace does: with the first process go all others.
    for (const one of groups) signalGroup(one, 'SIGKILL');
    forgetPid();
    const reason = outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    return { exitCode, reason, finishedAtMs: clock.now() };
  });
  return {
    id: randomBytes(32).toString('hex'),
    startedAtMs,
    exited,
    kill(name) {
      throttle?.release();
      if (name === 'SIGKILL') for (const one of groups) signalGroup(one, name);
      else if (noteFile || hears(child, name)) child.kill(name);
    },
    exec: (what, streams) => execInContainer(execHost, what, streams),
    attach(streams) {
      streams.onResize?.((size) => sizer.resize(size));
      return attachTo(child, streams, { stdinOnce: spec.stdinOnce ?? false, exited });
    },
    usage: () => ({ ...sampler.usage(sampled), ...(throttle ? { throttled: throttle.throttled } : {}) }),
  };
}

/**
 * The kernel drops what the first process of a container has no handler for, of a shell as of any program. Node programs
 * have one by their preload.
 */
function hears(child: ChildProcess, signal: 'SIGTERM'): boolean {
  return child.spawnfile === process.execPath || handlesSignal(child.pid as number, constants.signals[signal]);
}

/** Undefined for a container that may use the whole machine. */
function throttleOf(
  { cpuLimitMillis }: ContainerSpec,
  groups: ReadonlySet<number>,
  clock: Clock,
  cpuMs: () => number,
): CpuThrottle | undefined {
  return cpuLimitMillis ? new CpuThrottle({ clock, limitMillis: cpuLimitMillis, groups, cpuMs }) : undefined;
}

/** What runs in a terminal is a process group of its own: it is noted too, and the terminal gets its size. */
async function keepTerminal(noteFile: string, host: ExecHost, sizer: TerminalSizer): Promise<void> {
  const terminal = await readTerminalNote(noteFile, host.clock, host.ended);
  if (!terminal || host.ended.aborted) return;
  host.ended.addEventListener('abort', host.own(terminal.group), { once: true });
  sizer.open(terminal.device);
}

async function launch(
  spec: ContainerSpec,
  env: NodeJS.ProcessEnv,
  { path, mounts, noteFile }: { path: string; mounts: readonly Mount[]; noteFile: string | undefined },
): Promise<ChildProcess> {
  let command: Command;
  try {
    command = containerCommand(spec, path, mounts);
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
  mkdirSync(join(spec.workingDir, 'tmp'), { recursive: true });
  const { file, args, argv0 } = noteFile ? inTerminal(command, noteFile) : command;
  const isInteractive = spec.stdin || spec.tty;
  const child = spawn(file, args, {
    argv0,
    cwd: spec.workingDir,
    // Who has a shell for its first process would hand the mark on to all that is started there.
    env: isInteractive ? env : { ...env, KUBELET_FIRST_PROCESS: '1' },
    detached: true,
    stdio: [isInteractive ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  // A process that has ended reads no more: no failure of whoever writes.
  child.stdin?.on('error', () => {});
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', (error: NodeJS.ErrnoException) =>
      failed(
        new StartError(`exec: "${spec.command?.[0] ?? command.file}": ${error.code ?? error.message}`, {
          cause: error,
        }),
      ),
    );
  });
  return child;
}

/** The container's own variables, the few that every container has, and what only the preload reads. */
function processEnv(spec: ContainerSpec, path: string, mounts: readonly Mount[]): NodeJS.ProcessEnv {
  const requires = [spec.preload, firstProcess].map((file) => `--require=${quoteNodeOption(file)}`).join(' ');
  const own = spec.env['NODE_OPTIONS'];
  return {
    HOSTNAME: spec.podName,
    HOME: spec.workingDir,
    TMPDIR: join(spec.workingDir, 'tmp'),
    ...spec.env,
    PATH: spec.env['PATH'] ? `${path}:${spec.env['PATH']}` : path,
    ...spec.internalEnv,
    KUBELET_MOUNTS: JSON.stringify(mounts),
    NODE_COMPILE_CACHE: join(dirname(spec.image.entry), 'compile-cache'),
    NODE_OPTIONS: own ? `${requires} ${own}` : requires,
  };
}

function quoteNodeOption(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"` : path;
}

/** Resolves with the exit code after all that the process had written was handed to `output`. */
function untilExit(child: ChildProcess, output: Output, clock: Clock): Promise<number> {
  for (const name of ['stdout', 'stderr'] as const) {
    const splitter = createLineSplitter((line) => output(name, line));
    child[name]?.on('data', (chunk: Buffer) => splitter.write(chunk));
    child[name]?.on('error', () => {});
    child[name]?.once('close', () => splitter.end());
  }
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      // Children that hold the pipes open die with the group; nothing may delay the news for long.
      signalGroup(child.pid as number, 'SIGKILL');
      const patience = clock.setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, outputPatienceMs);
      child.once('close', () => {
        patience.cancel();
        resolve(exitCodeOf(code, signal));
      });
    });
  });
}
