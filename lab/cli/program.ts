import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { surviveUnread } from '../../lib/unread.ts';
import { explainClusterError, LabError } from '../errors.ts';
import { addCommands } from './commands.ts';
import { progressView } from './progress-view.ts';
import { exitCode, printJson, type Invocation } from './invocation.ts';

/** Runs the command line and sets the process's exit code. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  // What is told on the way may go unread; `grade --watch | head -1` has what it wants and is to tidy up.
  surviveUnread(process.stderr);
  surviveUnread(process.stdout, () => ending.abort(new NobodyReads()));
  const isKubectl = argv[0] === 'kubectl';
  // kubectl itself decides what Ctrl-C means to it.
  if (!isKubectl) abortOnSignals(ending);
  // Waits in the lab use timers that hold no process alive; a command that is at work must not end for that.
  const atWork = setInterval(() => {}, 60_000);
  const json = !isKubectl && argv.includes('--json');
  const invocation = { signal, json, progress: progressView(json) };
  try {
    if (isKubectl) {
      const { kubectl } = await import('./commands/kubectl.ts');
      process.exitCode = await kubectl(invocation, argv.slice(1));
    } else {
      await buildProgram(invocation).parseAsync([...argv], { from: 'user' });
    }
  } catch (error) {
    await invocation.progress.close();
    process.exitCode = explain(error, invocation);
  } finally {
    clearInterval(atWork);
  }
}

function buildProgram(invocation: Invocation): Command {
  const program = new Command('brokenprod')
    .description('Learn to repair production: a small shop, broken on purpose, a real kubectl and a fair grader.')
    .version(version(), '-v, --version')
    .exitOverride()
    .showHelpAfterError('(npx brokenprod --help lists the commands)')
    .addHelpText('after', '\nBegin with: npx brokenprod start');
  addCommands(program, invocation);
  return program;
}

/** Tells what went wrong and returns the exit code. */
function explain(thrown: unknown, { signal, json }: Invocation): number {
  const error = explainClusterError(thrown);
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.failed;
  // As of `list | head -1`, nobody's mistake.
  if (signal.reason instanceof NobodyReads) return exitCode.done;
  if (signal.aborted) {
    process.stderr.write('\nInterrupted.\n');
    return exitCode.interrupted;
  }
  const isKnown = error instanceof LabError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) {
    const code = isKnown ? error.code : 'INTERNAL';
    printJson({ error: { code, message: error instanceof Error ? error.message : String(error) } });
  }
  process.stderr.write(isKnown ? `${error.message}\n` : `This is a mistake in brokenprod:\n${stack}\n`);
  return exitCode.failed;
}

/** The first Ctrl-C lets the command clean up, the second ends it at once. */
function abortOnSignals(ending: AbortController): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(exitCode.interrupted);
      ending.abort(new Error(`interrupted by ${name}`));
    });
  }
}

/** Why a command ends whose answer nobody waits for. */
class NobodyReads extends Error {}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
