import { classCsv, classTable as tableOf, classText } from '../../../grader/class-table.ts';
import { classHtml } from '../../../grader/reports/class-html.ts';
import { systemClock } from '../../../lib/clock.ts';
import { LabError } from '../../errors.ts';
import { readClass, readSeeds } from '../../session/class.ts';
import { exitCode, print, printJson, type Invocation } from '../invocation.ts';

interface Options {
  csv?: boolean;
  html?: boolean;
  maxAge?: string;
  seeds?: string;
}

/** 1 when there is something to look at. */
export async function classTable({ json }: Invocation, paths: string[], options: Options): Promise<number> {
  const maxAgeMs = readHours(options.maxAge);
  const seeds = options.seeds === undefined ? new Map<string, string>() : await readSeeds(options.seeds);
  const submissions = await readClass(paths, seeds);
  const table = tableOf(submissions, { nowMs: systemClock.now(), maxAgeMs });
  // A table of values has no room for sentences.
  if (options.csv && !json) process.stderr.write(table.remarks.map((remark) => `${remark}\n`).join(''));
  if (json) printJson(table);
  else print(options.csv ? classCsv(table) : options.html ? classHtml(table) : classText(table));
  return table.remarks.length === 0 ? exitCode.done : exitCode.notPassed;
}

function readHours(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const hours = Number(given);
  if (!(hours > 0)) throw new LabError('BAD_AGE', { age: given });
  return hours * 3_600_000;
}
