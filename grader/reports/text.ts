import { styleText } from 'node:util';
import type { Answer, CameAbout, CheckResult, CriterionVerdict, Finding, IssueVerdict, Verdict } from '../verdict.ts';

type Style = (format: 'green' | 'red' | 'yellow' | 'bold' | 'dim', text: string) => string;

const marks = { pass: ['✓', 'green'], fail: ['✗', 'red'], undetermined: ['?', 'yellow'] } as const;
const words: Record<Answer, string> = {
  pass: 'The shop is well.',
  fail: 'The shop is not well yet.',
  undetermined: 'No verdict: some questions could not be answered.',
};

/**
 * The verdict for a person at a terminal.
 * @param options.color escape codes for a terminal
 * @param options.width columns; long explanations are wrapped there
 */
export function textReport(verdict: Verdict, options: { color?: boolean; width?: number } = {}): string {
  const style: Style = options.color
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_, text) => text;
  const width = Math.max(50, Math.min(options.width ?? 100, 120));
  const lines = [
    style('bold', `${verdict.scenario}: ${words[verdict.verdict]}`),
    '',
    style('bold', 'Issues'),
    ...verdict.issues.flatMap((issue) => issueLines(issue, style, width)),
    '',
    style('bold', 'The shop as a whole'),
    ...verdict.criteria.flatMap((criterion) => criterionLines(criterion, style, width)),
    '',
    ...summary(verdict, style),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line when all is well; else the first thing that is not, and where to look. */
function issueLines(issue: IssueVerdict, style: Style, width: number): string[] {
  const head = headLine(issue.verdict, `${issue.number} ${issue.title}${howText(issue)}`, issue, style);
  return [head, ...findingLines(decisive(issue.verdict, issue.checks), style, width)];
}

const how: Record<CameAbout, string> = {
  change: '',
  'roll-back': ' (by a roll-back)',
  'in-one-go': ' (in one go with others)',
};

/** How a repair came about, where that is worth a word. */
export function howText({ cameAbout }: Pick<IssueVerdict, 'cameAbout'>): string {
  return cameAbout ? how[cameAbout] : '';
}

function criterionLines(criterion: CriterionVerdict, style: Style, width: number): string[] {
  const head = headLine(criterion.verdict, criterion.title, criterion, style);
  return [head, ...findingLines(decisive(criterion.verdict, criterion.checks), style, width)];
}

function headLine(
  verdict: Answer,
  title: string,
  { points, maxPoints }: { points: number; maxPoints: number },
  style: Style,
): string {
  const [mark, color] = marks[verdict];
  return `  ${style(color, mark)} ${title} ${style('dim', `(${points}/${maxPoints})`)}`;
}

function decisive(verdict: Answer, checks: readonly CheckResult[]): Finding | undefined {
  return verdict === 'pass' ? undefined : checks.find((check) => check.verdict === verdict);
}

function findingLines(finding: Finding | undefined, style: Style, width: number): string[] {
  if (!finding) return [];
  const rows = [
    ['seen', finding.observed],
    ['wanted', finding.expected],
    ['why', finding.why],
    ['look at', finding.where],
    ...(finding.cause === undefined ? [] : [['cause', finding.cause] as const]),
  ] as const;
  return rows.flatMap(([label, text]) =>
    wrap(text, width - 14).map((line, index) => `      ${style('dim', (index === 0 ? label : '').padEnd(8))}${line}`),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}

function summary(verdict: Verdict, style: Style): string[] {
  const { orders, score, maxScore, hintsUsed, hintPenalty, quick, windowS, perturbations, diagnosis } = verdict;
  const times =
    orders.p50Ms === null
      ? ''
      : `, half within ${ms(orders.p50Ms)}, 95 % within ${ms(orders.p95Ms)}, slowest ${ms(orders.maxMs)}`;
  const left = perturbations.filter(({ undone }) => !undone);
  return [
    `Orders  ${orders.succeeded} of ${orders.sent} succeeded${times}`,
    ...(hintsUsed > 0 ? [`Hints   ${hintsUsed} opened, minus ${hintPenalty} points`] : []),
    ...left.map(({ what }) => style('yellow', `Note    could not be put back: ${what}`)),
    ...(quick ? [`Note    a quick look of ${windowS} s; only the full grading watches for two minutes`] : []),
    ...timeLines(verdict),
    style('bold', `Score   ${score} of ${maxScore}`),
    ...(diagnosis && diagnosis.findings > 0 ? [`Diagnosis  ${diagnosis.points} of ${diagnosis.maxPoints}`] : []),
  ];
}

/** Only what has been reached. */
function timeLines({ times, timesFrom }: Verdict): string[] {
  const words = [
    ['detected', times.detectS],
    ['diagnosed', times.diagnoseS],
    ['mitigated', times.mitigateS],
    ['resolved', times.resolveS],
  ] as const;
  const known = words.flatMap(([word, seconds]) => (seconds === null ? [] : `${word} after ${duration(seconds)}`));
  const from = timesFrom === 'objects' ? ' (by the last changes that the objects show)' : '';
  return known.length > 0 ? [`Times   ${known.join(', ')}${from}`] : [];
}

/** Such as `3 min 20 s`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}

function ms(value: number | null): string {
  return `${Math.round(value ?? 0)} ms`;
}
