import type { Clock } from '../../../lib/clock.ts';
import type {
  ContainerExit,
  ContainerRuntime,
  ContainerSpec,
  Image,
  RunningContainer,
} from '../../runtime/container-runtime.ts';
import { StartError } from '../../runtime/start-error.ts';

/** How a program behaves: when it ends by itself, and how long it takes over a SIGTERM. */
export interface Program {
  exits?: { afterMs: number; exitCode: number; oom?: boolean };
  /** Undefined: it ignores SIGTERM. */
  termTakesMs?: number;
  startError?: string;
  /** How commands end that are run in it; 0 when not given. */
  execExitCode?: number;
  /** How long they take; they end with the container at the latest. */
  execTakesMs?: number;
}

export interface FakeRuntime extends ContainerRuntime {
  programs: Map<string, Program>;
  started: { spec: ContainerSpec; atMs: number }[];
  /** What was done to running containers, in order: signals, and commands run in them. */
  calls: string[];
  running(): number;
  /** Everything that runs ends now, by itself. */
  endAll(exitCode: number): void;
}

/** Runs programs of the imagination on an injected clock. An image exists when there is a program of its name. */
export function createFakeRuntime(clock: Clock): FakeRuntime {
  const programs = new Map<string, Program>();
  const started: FakeRuntime['started'] = [];
  const calls: string[] = [];
  const live = new Map<RunningContainer, (exitCode: number) => void>();
  const imageOf = (ref: string): Image => ({
    digest: `sha256:${ref}`,
    entry: ref,
    nodeOptions: [],
    env: {},
    createdAt: '',
  });

  function run(program: Program): RunningContainer {
    const { promise: exited, resolve } = Promise.withResolvers<ContainerExit>();
    const end = (exitCode: number, oom = false) => {
      live.delete(container);
      const reason = oom ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
      resolve({ exitCode, reason, finishedAtMs: clock.now() });
    };
    const container: RunningContainer = {
      id: String(started.length).padStart(64, '0'),
      startedAtMs: clock.now(),
      exited,
      kill(signal) {
        calls.push(signal);
        if (signal === 'SIGKILL') end(137);
        else if (program.termTakesMs !== undefined) clock.setTimeout(() => end(0), program.termTakesMs);
      },
      async exec({ command }) {
        calls.push(command.join(' '));
        const { execTakesMs = 0, execExitCode = 0 } = program;
        if (execTakesMs === 0) return { exitCode: execExitCode };
        const { promise, resolve: done } = Promise.withResolvers<number>();
        clock.setTimeout(() => done(execExitCode), execTakesMs);
        return { exitCode: await Promise.race([promise, exited.then(() => 137)]) };
      },
      attach: () => exited.then(() => {}),
      usage: () => ({ cpuMs: 0, workingSetBytes: 0 }),
    };
    live.set(container, end);
    const { exits } = program;
    if (exits) clock.setTimeout(() => end(exits.exitCode, exits.oom), exits.afterMs);
    return container;
  }

  return {
    programs,
    started,
    calls,
    running: () => live.size,
    endAll: (exitCode) => live.forEach((end) => end(exitCode)),
    resolveImage: (ref) => Promise.resolve(programs.has(ref) ? imageOf(ref) : undefined),
    knowsRepository: (ref) =>
      Promise.resolve([...programs.keys()].some((one) => one.split(':')[0] === ref.split(':')[0])),
    start(spec) {
      started.push({ spec, atMs: clock.now() });
      const program = programs.get(spec.image.entry) ?? {};
      if (program.startError) return Promise.reject(new StartError(program.startError));
      return Promise.resolve(run(program));
    },
  };
}
