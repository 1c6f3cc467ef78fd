import { sleep } from '../../../lib/clock.ts';
import type { Answer, Verdict } from '../../../grader/verdict.ts';
import { gradeLab } from '../../session/grade.ts';
import { exitCode, isInteractive, labHere, print, printJson, type Invocation } from '../invocation.ts';

const pauseMs = 5_000;
const marks: Record<Answer, string> = { pass: '✓', fail: '✗', undetermined: '?' };

/** Takes quick looks, one after the other, until all is well or Ctrl-C. On a terminal the list is drawn anew. */
export async function watchGrading(invocation: Invocation): Promise<number> {
  const lab = labHere(invocation);
  const quiet = { ...lab, report: () => {} };
  let before: Verdict | undefined;
  for (;;) {
    const { verdict } = await gradeLab(quiet, { quick: true, explain: false, seal: false });
    draw(verdict, before, invocation);
    if (verdict.verdict === 'pass') return exitCode.done;
    before = verdict;
    await sleep(lab.clock, pauseMs, invocation.signal);
  }
}

function draw(verdict: Verdict, before: Verdict | undefined, { json }: Invocation): void {
  const changed = changes(verdict, before);
  if (json) printJson({ at: verdict.finishedAt, score: verdict.score, changed });
  else if (isInteractive()) {
    const lines = verdict.issues.map(({ number, title, verdict: answer }) => `${marks[answer]} ${number} ${title}`);
    const upwards = before ? `\u001B[${before.issues.length + 1}A\u001B[J` : '';
    print(`${upwards}${lines.join('\n')}\n${verdict.score} of ${verdict.maxScore} (Ctrl-C ends)`);
  } else if (changed.length > 0) {
    print(changed.map(({ number, title, to }) => `${verdict.finishedAt} ${marks[to]} ${number} ${title}`).join('\n'));
  }
}

/** What is answered otherwise than in the look before; at first, everything. */
export function changes(verdict: Verdict, before?: Verdict): { number: number; title: string; to: Answer }[] {
  const was = new Map(before?.issues.map((issue) => [issue.number, issue.verdict]));
  return verdict.issues
    .filter((issue) => was.get(issue.number) !== issue.verdict)
    .map(({ number, title, verdict: to }) => ({ number, title, to }));
}
