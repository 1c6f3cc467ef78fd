import { reportFor, reports } from '../../../grader/reports/reports.ts';
import { textReport } from '../../../grader/reports/text.ts';
import { LabError } from '../../errors.ts';
import { writeWhole } from '../../lab-folder.ts';
import { gradeLab } from '../../session/grade.ts';
import { exitCode, labHere, print, printJson, type Invocation } from '../invocation.ts';

interface Options {
  quick?: boolean;
  report?: string;
  explain?: boolean;
}

export async function grade(invocation: Invocation, options: Options): Promise<number> {
  const { quick = false, report, explain = false } = options;
  const form = report === undefined ? undefined : reportFor(report);
  if (report !== undefined && !form)
    throw new LabError('UNKNOWN_REPORT', { file: report, known: Object.keys(reports) });
  const { verdict, evidence } = await gradeLab(labHere(invocation), { quick, explain });
  if (report && form) await writeWhole(report, form(verdict, evidence));
  if (invocation.json) printJson(verdict);
  else
    print(`\n${textReport(verdict, { color: process.stdout.hasColors?.() ?? false, width: process.stdout.columns })}`);
  return { pass: exitCode.done, fail: exitCode.notPassed, undetermined: exitCode.failed }[verdict.verdict];
}
