/** One case in a namespace of its own: what its recorded commands print on the embedded engine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchWith, type KubectlWatch } from './kubectl-watch.ts';
import { PodNames } from './pod-names.ts';
import { formatRecording, type Recording } from './recording.ts';
import { runCommand } from './run-command.ts';
import { shellWords } from './shell-words.ts';
import type { Site } from './site.ts';

/** Beside the recordings of a replay: every state that its pods went through. */
export const stepsFile = 'pods.steps';

/** How long an apply took in the recordings, where seconds count from its begin. */
const applyMs = 400;

export interface Replay extends AsyncDisposable {
  /** Runs the recorded command and writes what it printed. */
  run(recording: Recording, options?: RunOptions): Promise<void>;
  /** Starts a recorded watch; it is written when the replay ends. */
  watch(recording: Recording): void;
  /** The first command has been done: from now on seconds count. */
  begin(): void;
  pods: KubectlWatch['pods'];
  /** Resolves when `seconds` have gone by since apply. */
  until(seconds: number): Promise<void>;
  elapsedSeconds(): number;
  /** A folder of the replay's own with nothing in it. */
  emptyDir: string;
}

export interface RunOptions {
  timeoutMs?: number;
  env?: Record<string, string>;
}

/**
 * @param namespace ten letters, as `production` has, so that columns keep their widths
 * @param outDir the folder that takes the replay, in the shape of a recording
 */
export async function startReplay(site: Site, namespace: string, outDir: string): Promise<Replay> {
  const kubectl = (args: readonly string[], { timeoutMs = 90_000, env = {} }: RunOptions = {}) =>
    runCommand(site.kubectl, args, {
      cwd: site.workDir,
      env: { ...site.env, ...env },
      outputPath: site.nextOutputPath(),
      timeoutMs,
    });
  await mkdir(outDir, { recursive: true });
  await kubectl(['create', 'namespace', namespace]);
  let startMs = Date.now();
  const elapsed = () => (Date.now() - startMs) / 1000;
  const names = new PodNames();
  const inNamespace = (word: string) => word.replaceAll('production', namespace);
  const asRecorded = (text: string) =>
    text.replaceAll(namespace, 'production').replaceAll(site.temporaryDir, 'TMPDIR').replaceAll(`${site.workDir}/`, '');
  const write = (name: string, content: string) => writeFile(join(outDir, `${name}.txt`), asRecorded(content));

  const watches = new Map<Recording, KubectlWatch>();
  const startWatch = (args: readonly string[]) => watchWith(site.kubectl, args, site.env);
  const pods = startWatch(['get', 'pods', '-w', '--output-watch-events', '-n', namespace]);

  return {
    async run(recording, options) {
      const words = shellWords(recording.command).slice(1);
      const args = words.map((word) => names.translate(inNamespace(word), pods.pods()));
      const { text, exitCode } = await kubectl(args, options);
      await write(
        recording.name,
        formatRecording({ command: recording.command, text, exitCode, atSeconds: elapsed() }),
      );
    },
    watch(recording) {
      const args = shellWords(recording.command).slice(1).map(inNamespace);
      if (/EVENT/.test(recording.text)) args.push('--output-watch-events');
      watches.set(recording, startWatch(args));
    },
    begin() {
      startMs = Date.now() - applyMs;
    },
    pods: () => pods.pods(),
    elapsedSeconds: elapsed,
    emptyDir: join(site.temporaryDir, namespace),
    async until(seconds) {
      await sleep(Math.max(0, startMs + 1000 * seconds - Date.now()));
    },
    async [Symbol.asyncDispose]() {
      for (const [recording, watch] of watches) {
        await watch[Symbol.asyncDispose]();
        await write(recording.name, watch.recording(recording.command, startMs));
      }
      await pods[Symbol.asyncDispose]();
      await writeFile(join(outDir, stepsFile), asRecorded(pods.recording('kubectl get pods -w', startMs)));
      await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    },
  };
}
