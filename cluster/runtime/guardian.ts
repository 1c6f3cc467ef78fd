import { type ChildProcess, spawn } from 'node:child_process';
import { pidsFolder } from './leftovers.ts';

/**
 * Waits for the end of its standard input, which comes with the engine's end, however that happens. Then it ends every
 * process group that is still noted. A process id is compared by the start time of the note where /proc tells it.
 */
const script = `
while read -r _; do :; done
cd "$1" 2>/dev/null || exit 0
for pid in *; do
  read -r noted < "$pid" || continue
  if [ -n "$noted" ]; then
    read -r stat 2>/dev/null < "/proc/$pid/stat" || continue
    set -- \${stat##*) }
    [ "\${20}" = "$noted" ] || continue
  fi
  kill -9 -"$pid"
done 2>/dev/null
`;

/**
 * A small process that outlives a kill -9 of the engine and ends what the engine left: programs of the host, which no
 * preload ends, and containers that were standing still when the engine died.
 */
export class Guardian implements AsyncDisposable {
  readonly #runDir: string;
  #process: ChildProcess | undefined;

  constructor(runDir: string) {
    this.#runDir = runDir;
  }

  /** Starts it when it does not run yet. Differs: on Windows there is none; the next start cleans up. */
  watch(): void {
    if (this.#process || process.platform === 'win32') return;
    const child = spawn('/bin/sh', ['-c', script, 'guardian', pidsFolder(this.#runDir)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.unref();
    // A pipe that is open must not keep the engine's process alive.
    (child.stdin as { unref?: () => void } | null)?.unref?.();
    this.#process = child;
  }

  /** Lets it end; to be called when all containers have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.stdin?.end();
    await ended;
  }
}
