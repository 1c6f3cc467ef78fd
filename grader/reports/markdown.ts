import type { Answer, CheckResult, Verdict } from '../verdict.ts';
import { duration, howText } from './text.ts';

const marks: Record<Answer, string> = { pass: '✅', fail: '❌', undetermined: '❔' };

/** The verdict for a class repository or a pull request. */
export function markdownReport(verdict: Verdict): string {
  const { score, maxScore, quick, windowS, engine, seed, finishedAt, orders } = verdict;
  const facts = [`engine ${engine}`, `seed ${seed ?? 'none'}`, `${quick ? 'quick look' : 'window'} of ${windowS} s`];
  return [
    `# ${escape(verdict.scenario)}: ${score} of ${maxScore} points`,
    '',
    `${escape(facts.join(' · '))} · judged ${finishedAt}`,
    '',
    ...table('Issue', verdict.issues, (issue) => `${issue.number} ${issue.title}${howText(issue)}`),
    '',
    ...table('The shop as a whole', verdict.criteria, ({ title }) => title),
    '',
    `Orders: ${orders.succeeded} of ${orders.sent} succeeded.${timeText(verdict)}`,
    ...(verdict.hintsUsed > 0 ? [`Hints: ${verdict.hintsUsed}, minus ${verdict.hintPenalty} points.`] : []),
    '',
  ].join('\n');
}

interface Part {
  verdict: Answer;
  points: number;
  maxPoints: number;
  checks: readonly CheckResult[];
}

function table<T extends Part>(heading: string, parts: readonly T[], titleOf: (part: T) => string): string[] {
  const rows = parts.map((part) => {
    const decisive = part.checks.find(({ verdict }) => verdict === part.verdict);
    const seen = part.verdict === 'pass' ? '' : (decisive?.observed ?? '');
    return `| ${marks[part.verdict]} | ${escape(titleOf(part))} | ${part.points}/${part.maxPoints} | ${escape(seen)} |`;
  });
  return [`| | ${heading} | Points | Seen |`, '|---|---|---|---|', ...rows];
}

function timeText({ times }: Verdict): string {
  return times.resolveS === null ? '' : ` Resolved after ${duration(times.resolveS)}.`;
}

/** What a log line brings along must stay text. */
function escape(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>#]/g, String.raw`\$&`).replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
