import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import { attachTo } from '../attach.ts';
import { noSuchProgram } from '../command.ts';
import type { ContainerExit, ContainerRuntime, ContainerSpec, RunningContainer } from '../container-runtime.ts';
import { ExecStartError, StartError } from '../start-error.ts';

const onlyProgram = '/pause';
const noStreams = { stdin: null, stdout: null, stderr: null };

/**
 * A container of the pause image: all that its one program does is to wait for a signal.
 * Differs: it is no process, so it takes neither memory nor processor time; the real one takes hardly any.
 * @throws StartError when the pod wants another program
 */
export function startPause(
  { command, stdinOnce = false }: Pick<ContainerSpec, 'command' | 'stdinOnce'>,
  output: Parameters<ContainerRuntime['start']>[1],
  clock: Clock,
): RunningContainer {
  const [program = onlyProgram] = command ?? [];
  if (program !== onlyProgram) throw new StartError(noSuchProgram(program).message);
  const { promise: exited, resolve } = Promise.withResolvers<ContainerExit>();
  let isOver = false;
  return {
    id: randomBytes(32).toString('hex'),
    startedAtMs: clock.now(),
    exited,
    kill(signal) {
      if (isOver) return;
      isOver = true;
      const finishedAtMs = clock.now();
      if (signal === 'SIGKILL') return resolve({ exitCode: 137, reason: 'Error', finishedAtMs });
      output('stderr', 'Shutting down, got signal: Terminated');
      resolve({ exitCode: 0, reason: 'Completed', finishedAtMs });
    },
    exec: ({ command: [name = ''] }) =>
      Promise.reject(new ExecStartError(randomBytes(32).toString('hex'), noSuchProgram(name).message)),
    attach: (streams) => attachTo(noStreams, streams, { stdinOnce, exited }),
    usage: () => ({ cpuMs: 0, workingSetBytes: 0 }),
  };
}
