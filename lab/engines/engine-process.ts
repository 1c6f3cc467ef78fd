import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainSystemError, LabError } from '../errors.ts';
import type { LabFolder } from '../lab-folder.ts';
import { project } from '../project.ts';
import { hasMessage } from './daemon-messages.ts';
import { readEngineFile, type EngineFile } from './engine-file.ts';

const compileCacheDir = join(project.root, 'node_modules', '.cache', 'brokenprod', 'compile');

const readyWithinMs = 20_000;

/** The process that an engine keeps in the background, as the command that launched it sees it. */
export interface EngineProcess {
  file: EngineFile;
  /** From now on the process lives until it is ended; before, it dies with this one. */
  handOver: () => Promise<void>;
}

/**
 * Launches an engine's program detached and waits until it is ready.
 * @param program gets the working folder as its argument, writes `engine.json`, then says `ready`
 * @throws LabError ENGINE_FAILED or ENGINE_SLOW
 */
export async function launchEngine(folder: LabFolder, program: string, signal: AbortSignal): Promise<EngineProcess> {
  signal.throwIfAborted();
  const child = await launch(folder, program);
  try {
    await ready(child, folder, signal);
    const file = await readEngineFile(folder.engineFile);
    if (!file) throw new LabError('ENGINE_FAILED', { why: 'it ended at once', log: folder.engineLog });
    return { file, handOver: () => handOver(child) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function launch(folder: LabFolder, program: string): Promise<ChildProcess> {
  try {
    await mkdir(folder.logs, { recursive: true });
    await using log = await open(folder.engineLog, 'a');
    return spawn(process.execPath, [program, folder.workingDir], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      windowsHide: true,
      // Half of the boot would else go into reading TypeScript.
      env: { ...process.env, NODE_COMPILE_CACHE: compileCacheDir },
    });
  } catch (error) {
    throw explainSystemError(error, folder.engineLog);
  }
}

async function ready(child: ChildProcess, folder: LabFolder, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const bound = AbortSignal.any([settled.signal, signal, AbortSignal.timeout(readyWithinMs)]);
  try {
    await Promise.race([
      readyMessage(child, bound),
      once(child, 'exit', { signal: bound }).then(async ([code, by]) => {
        const why = (await lastError(folder.engineLog)) ?? `it ended with ${by ?? `exit code ${code}`}`;
        throw new LabError('ENGINE_FAILED', { why, log: folder.engineLog });
      }),
    ]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabError) throw error;
    if (!bound.aborted) throw new LabError('ENGINE_FAILED', { why: String(error), log: folder.engineLog });
    throw new LabError('ENGINE_SLOW', { seconds: readyWithinMs / 1000, log: folder.engineLog }, { cause: error });
  } finally {
    settled.abort();
  }
}

async function readyMessage(child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [message] = await once(child, 'message', { signal });
    if (hasMessage(message, 'ready')) return;
  }
}

async function handOver(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    child.send({ kind: 'handed-over' }, (error) => (error ? reject(error) : resolve())),
  );
  child.disconnect();
  child.unref();
}

/** The line of the engine's log that names the error. */
async function lastError(log: string): Promise<string | undefined> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-40);
  return lines.findLast((line) => /^\s*(\w*Error|Error)\b.*:/.test(line))?.trim();
}
