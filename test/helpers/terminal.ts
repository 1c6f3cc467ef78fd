import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './run.ts';

/** A command in a terminal, that of `script` (util-linux), which a test types into as a person does. */
export interface Terminal extends Disposable {
  /** The exit code of the command. */
  ended: Promise<number>;
  type(line: string): void;
  /** Resolves once the screen showed it. @throws Error when it does not */
  shows(pattern: RegExp): Promise<string>;
}

export function inTerminal(command: string, options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Terminal {
  const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], options);
  let printed = '';
  child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
  return {
    ended: once(child, 'close').then(([code]) => Number(code)),
    type: (line) => void child.stdin.write(`${line}\n`),
    shows: (pattern) =>
      eventually(
        String(pattern),
        () => Promise.resolve(printed),
        (text) => pattern.test(text),
      ),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}
