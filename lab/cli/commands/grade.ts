import { reportFor, reports } from '../../../grader/reports/reports.ts';
import { textReport } from '../../../grader/reports/text.ts';
import { LabError } from '../../errors.ts';
import { writeWhole } from '../../lab-folder.ts';
import { gradeLab } from '../../session/grade.ts';
import { verifyBundle } from '../../session/verify.ts';
import { watchGrading } from './watch.ts';
import { exitCode, labHere, print, printJson, type Invocation } from '../invocation.ts';

interface Options {
  quick?: boolean;
  report?: string;
  explain?: boolean;
  verify?: string;
  watch?: boolean;
}

export async function grade(invocation: Invocation, options: Options): Promise<number> {
  const { quick = false, report, explain = false, verify, watch = false } = options;
  if (verify !== undefined) return printVerified(invocation, verify);
  if (watch) return watchGrading(invocation);
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

/** 0 when the bundle is as it was sealed, 1 when it is not. */
async function printVerified(invocation: Invocation, file: string): Promise<number> {
  const verified = await verifyBundle(file, labHere(invocation).folder);
  if (invocation.json) printJson(verified);
  else {
    const { problems, notes, rejudged, recorded, score, maxScore, verdict } = verified;
    const outcome = verdict === null ? [] : [`Verdict ${verdict}, ${score} of ${maxScore} points.`];
    const sound =
      problems.length === 0 ? ['The bundle is as it was sealed, and its evidence bears its verdict out.'] : [];
    const judged = `${rejudged} answers were judged again from the evidence, ${recorded} are as the grader wrote them down.`;
    print([...problems, ...sound, ...notes, ...outcome, ...(verdict === null ? [] : [judged])].join('\n'));
  }
  return verified.problems.length === 0 ? exitCode.done : exitCode.notPassed;
}
