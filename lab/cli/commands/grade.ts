import { extname } from 'node:path';
import { textReport } from '../../../grader/reports/text.ts';
import type { Verdict } from '../../../grader/verdict.ts';
import { LabError } from '../../errors.ts';
import { writeWhole } from '../../lab-folder.ts';
import { gradeLab } from '../../session/grade.ts';
import { exitCode, labHere, print, printJson, type Invocation } from '../invocation.ts';

/** The forms of a report, by the ending of its file. */
const forms: Record<string, (verdict: Verdict) => string> = {
  '.json': (verdict) => `${JSON.stringify(verdict, null, 2)}\n`,
  '.txt': (verdict) => `${textReport(verdict)}\n`,
};

export async function grade(
  invocation: Invocation,
  { quick = false, report }: { quick?: boolean; report?: string },
): Promise<number> {
  const form = report === undefined ? undefined : forms[extname(report)];
  if (report !== undefined && !form) {
    throw new LabError('UNKNOWN_REPORT', { file: report, known: Object.keys(forms) });
  }
  const verdict = await gradeLab(labHere(invocation), { quick });
  if (report && form) await writeWhole(report, form(verdict));
  if (invocation.json) printJson(verdict);
  else
    print(`\n${textReport(verdict, { color: process.stdout.hasColors?.() ?? false, width: process.stdout.columns })}`);
  return { pass: exitCode.done, fail: exitCode.notPassed, undetermined: exitCode.failed }[verdict.verdict];
}
