import type { Evidence } from '../evidence.ts';
import type { Answer, CheckResult, Verdict } from '../verdict.ts';
import { escapeMarkup as x } from './markup.ts';
import { page, scrollable } from './page.ts';
import { latencyPlot, podPlot, tracePlot } from './plots.ts';
import { duration, howText } from './text.ts';

const marks: Record<Answer, string> = { pass: '✓', fail: '✗', undetermined: '?' };
const said: Record<Answer, string> = { pass: 'passed', fail: 'failed', undetermined: 'could not be judged' };
const words: Record<Answer, string> = {
  pass: 'The shop is well',
  fail: 'The shop is not well yet',
  undetermined: 'No verdict',
};

/** The verdict as one page that needs nothing else; every text of the cluster is escaped. */
export function htmlReport(verdict: Verdict, evidence?: Evidence): string {
  const { scenario, score, maxScore, issues, criteria } = verdict;
  const body = `<header>${ringOf(verdict)}<div><h1>${x(scenario)}</h1>
<p><span class="badge ${verdict.verdict}">${words[verdict.verdict]}</span></p>${factsOf(verdict)}</div></header>
<h2>Issues</h2>
${issues.map((issue) => partOf(`${issue.number} ${issue.title}${howText(issue)}`, issue)).join('\n')}
<h2>The shop as a whole</h2>
${criteria.map((criterion) => partOf(criterion.title, criterion)).join('\n')}
${picturesOf(evidence)}
${notesOf(verdict)}`;
  return page(`${scenario}: ${score} of ${maxScore}`, body);
}

function ringOf({ score, maxScore, verdict }: Verdict): string {
  const around = 2 * Math.PI * 46;
  const share = maxScore > 0 ? Math.min(1, score / maxScore) : 0;
  const part = `<circle class="part" cx="52" cy="52" r="46" stroke-dasharray="${(share * around).toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 52 52)"/>`;
  return `<svg class="ring ${verdict}" viewBox="0 0 104 104" role="img" aria-label="${score} of ${maxScore} points">
<circle cx="52" cy="52" r="46"/>${share > 0 ? part : ''}<text x="52" y="57">${score}</text><text class="of" x="52" y="75">of ${maxScore}</text></svg>`;
}

function factsOf({ engine, seed, quick, windowS, finishedAt, times, diagnosis, orders }: Verdict): string {
  const facts = [
    `judged ${finishedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`,
    `engine ${engine}`,
    ...(seed === null ? [] : [`seed ${seed}`]),
    `${quick ? 'a quick look' : 'a window'} of ${windowS} s`,
    `${orders.succeeded} of ${orders.sent} orders`,
    ...timesOf(times),
    ...(diagnosis ? [`diagnosis ${diagnosis.points} of ${diagnosis.maxPoints}`] : []),
  ];
  return `<ul class="facts">${facts.map((fact) => `<li>${x(fact)}</li>`).join('')}</ul>`;
}

function timesOf({ detectS, diagnoseS, mitigateS, resolveS }: Verdict['times']): string[] {
  const known = [
    ['detected', detectS],
    ['diagnosed', diagnoseS],
    ['mitigated', mitigateS],
    ['resolved', resolveS],
  ] as const;
  return known.flatMap(([word, seconds]) => (seconds === null ? [] : [`${word} after ${duration(seconds)}`]));
}

interface Part {
  verdict: Answer;
  points: number;
  maxPoints: number;
  checks: readonly CheckResult[];
  cause?: string | undefined;
}

function partOf(title: string, { verdict, points, maxPoints, checks, cause }: Part): string {
  const head = `${mark(verdict)}<span class="title">${x(title)}</span><span class="points">${points}/${maxPoints}</span>`;
  const behind = cause === undefined ? '' : `<div class="check"><dl><dt>cause</dt><dd>${x(cause)}</dd></dl></div>`;
  const open = verdict === 'pass' ? '' : ' open';
  return `<details class="${verdict}"${open}><summary>${head}</summary><div class="inside">${behind}${checks.map(checkOf).join('')}</div></details>`;
}

function mark(verdict: Answer): string {
  return `<b aria-hidden="true">${marks[verdict]}</b><span class="hidden">${said[verdict]}:</span>`;
}

function checkOf({ kind, verdict, observed, expected, why, where, cause }: CheckResult): string {
  const rows = [
    ['seen', observed],
    ['wanted', expected],
    ['why', why],
    ...(verdict === 'pass' ? [] : [['look at', where]]),
    ...(cause === undefined ? [] : [['cause', cause]]),
  ];
  const list = rows.map(([label = '', text = '']) => `<dt>${label}</dt><dd>${x(text)}</dd>`).join('');
  return `<div class="check ${verdict}"><h4>${mark(verdict)} ${x(kind)}</h4><dl>${list}</dl></div>`;
}

function picturesOf(evidence: Evidence | undefined): string {
  if (!evidence?.observed) return '';
  const { window } = evidence.observed;
  const { trace } = evidence;
  const hasSpans = 'spans' in trace && trace.spans.length > 0;
  const way = hasSpans
    ? scrollable('The slowest order on its way', tracePlot(trace.spans))
    : `<p>${x('problem' in trace ? trace.problem : 'an empty trace')}</p>`;
  return `<h2>Time per order</h2><figure class="card">${scrollable('Time per order', latencyPlot(window))}</figure>
<h2>Pods over the window</h2><figure class="card">${scrollable('Pods over the window', podPlot(window))}</figure>
<h2>The slowest order on its way</h2><figure class="card">${way}</figure>`;
}

function notesOf({ hintsUsed, hintPenalty, perturbations }: Verdict): string {
  const left = perturbations.filter(({ undone }) => !undone);
  const done = perturbations.filter(({ undone }) => undone);
  const notes = [
    ...(hintsUsed > 0 ? [`${hintsUsed} hints were opened: minus ${hintPenalty} points.`] : []),
    ...left.map(({ what }) => `${what}, and could not be put back`),
  ];
  const tried =
    done.length > 0
      ? `<details><summary><span class="title">What the grader disturbed, and put back</span><span class="points">${done.length}</span></summary><div class="inside">${listOf(done.map(({ what }) => what))}</div></details>`
      : '';
  return notes.length > 0 || tried ? `<h2>Notes</h2>${notes.length > 0 ? listOf(notes) : ''}${tried}` : '';
}

function listOf(texts: readonly string[]): string {
  return `<ul>${texts.map((text) => `<li>${x(text)}</li>`).join('')}</ul>`;
}
