/** `test` for single questions about files and words; `kubectl cp` asks whether a folder is there. */
import { accessSync, constants, statSync } from 'node:fs';

const args = process.argv.slice(2);
const isNot = args[0] === '!';
const answer = ask(isNot ? args.slice(1) : args);
process.exitCode = answer === isNot ? 1 : 0;

function ask([first = '', second, third]: readonly string[]): boolean {
  if (second === undefined) return first !== '';
  if (third !== undefined) return compare(first, second, third);
  if (first === '-n') return second !== '';
  if (first === '-z') return second === '';
  return askFile(first, second);
}

function compare(left: string, operator: string, right: string): boolean {
  if (operator === '!=') return left !== right;
  const numbers: Record<string, boolean> = {
    '=': left === right,
    '==': left === right,
    '-eq': Number(left) === Number(right),
    '-ne': Number(left) !== Number(right),
    '-lt': Number(left) < Number(right),
    '-le': Number(left) <= Number(right),
    '-gt': Number(left) > Number(right),
    '-ge': Number(left) >= Number(right),
  };
  return numbers[operator] ?? false;
}

function askFile(question: string, file: string): boolean {
  try {
    const stat = statSync(file);
    if (question === '-d') return stat.isDirectory();
    if (question === '-f') return stat.isFile();
    if (question === '-s') return stat.size > 0;
    const modes: Record<string, number> = { '-r': constants.R_OK, '-w': constants.W_OK, '-x': constants.X_OK };
    accessSync(file, modes[question] ?? constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
