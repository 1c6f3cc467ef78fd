import { relative } from 'node:path';
import { validate as validatePath } from '../../session/validate.ts';
import { exitCode, print, printJson, type Invocation } from '../invocation.ts';

export async function validate({ json }: Invocation, paths: readonly string[]): Promise<number> {
  const results = [];
  for (const path of paths) results.push(await validatePath(path));
  const isGood = results.every(({ problems }) => problems.length === 0);
  if (json) {
    printJson({ valid: isGood, files: results });
  } else {
    for (const { file, kind, problems } of results) {
      const name = relative(process.cwd(), file) || file;
      if (problems.length === 0) print(`${name}: a good ${kind}`);
      for (const { line, field, message } of problems) print(`${name}:${line}${field && ` ${field}`}: ${message}`);
    }
  }
  return isGood ? exitCode.done : exitCode.failed;
}
