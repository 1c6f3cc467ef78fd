import type { Evidence } from '../evidence.ts';
import type { Answer, CheckResult, Verdict } from '../verdict.ts';
import { escapeMarkup as x } from './markup.ts';
import { latencyPlot, podPlot, tracePlot } from './plots.ts';
import { duration, howText } from './text.ts';

const marks: Record<Answer, string> = { pass: '✓', fail: '✗', undetermined: '?' };
const words: Record<Answer, string> = {
  pass: 'The shop is well',
  fail: 'The shop is not well yet',
  undetermined: 'No verdict',
};

const style = `:root{color-scheme:light dark;--ok:#1a7f4b;--bad:#c0362c;--may:#946200;--line:#8884}
@media (prefers-color-scheme:dark){:root{--ok:#4cc38a;--bad:#ff7a70;--may:#e5b04b}}
body{font:16px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:0}h2{margin-top:2rem;border-bottom:1px solid var(--line)}
details{border-bottom:1px solid var(--line);padding:.4rem 0}summary{cursor:pointer}
.pass b{color:var(--ok)}.fail b{color:var(--bad)}.undetermined b{color:var(--may)}.points{float:right;opacity:.7}
dl{display:grid;grid-template-columns:5rem 1fr;margin:.5rem 0 1rem 1.5rem;gap:0 .8rem}dt{opacity:.65}dd{margin:0;overflow-wrap:anywhere}
svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:currentColor}
svg .ok{fill:var(--ok)}svg .bad{fill:var(--bad)}svg path.bad{stroke:var(--bad);stroke-width:2}svg .grid{stroke:var(--line);fill:none}
@media print{details::details-content{content-visibility:visible;height:auto}body{margin:0;max-width:none}svg,dl{break-inside:avoid}}`;

/** One page that needs nothing else: no script, no request, every text of the cluster escaped. */
export function htmlReport(verdict: Verdict, evidence?: Evidence): string {
  const title = `${x(verdict.scenario)}: ${verdict.score} of ${verdict.maxScore}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${style}</style></head><body>
<h1>${title}</h1><p class="${verdict.verdict}"><b>${words[verdict.verdict]}.</b> ${factsOf(verdict)}</p>
<h2>Issues</h2>${verdict.issues.map((issue) => partOf(`${issue.number} ${issue.title}${howText(issue)}`, issue)).join('\n')}
<h2>The shop as a whole</h2>${verdict.criteria.map((criterion) => partOf(criterion.title, criterion)).join('\n')}
${picturesOf(evidence)}
${notesOf(verdict)}
</body></html>
`;
}

function factsOf({ engine, seed, quick, windowS, finishedAt, times, diagnosis }: Verdict): string {
  const facts = [
    `Judged ${finishedAt}`,
    `engine ${engine}`,
    `seed ${seed ?? 'none'}`,
    `${quick ? 'a quick look' : 'a window'} of ${windowS} s`,
    ...(times.resolveS === null ? [] : [`resolved after ${duration(times.resolveS)}`]),
    ...(diagnosis ? [`diagnosis ${diagnosis.points} of ${diagnosis.maxPoints}`] : []),
  ];
  return x(facts.join(' · '));
}

interface Part {
  verdict: Answer;
  points: number;
  maxPoints: number;
  checks: readonly CheckResult[];
  cause?: string | undefined;
}

function partOf(title: string, { verdict, points, maxPoints, checks, cause }: Part): string {
  const head = `<b>${marks[verdict]}</b> ${x(title)} <span class="points">${points}/${maxPoints}</span>`;
  const behind = cause === undefined ? '' : `<dl><dt>cause</dt><dd>${x(cause)}</dd></dl>`;
  const open = verdict === 'pass' ? '' : ' open';
  return `<details class="${verdict}"${open}><summary>${head}</summary>${behind}${checks.map(checkOf).join('')}</details>`;
}

function checkOf({ kind, verdict, observed, expected, why, where, cause }: CheckResult): string {
  const rows = [
    ['check', `${marks[verdict]} ${kind}`],
    ['seen', observed],
    ['wanted', expected],
    ['why', why],
    ...(verdict === 'pass' ? [] : [['look at', where]]),
    ...(cause === undefined ? [] : [['cause', cause]]),
  ];
  return `<dl>${rows.map(([label = '', text = '']) => `<dt>${label}</dt><dd>${x(text)}</dd>`).join('')}</dl>`;
}

function picturesOf(evidence: Evidence | undefined): string {
  if (!evidence?.observed) return '';
  const { window } = evidence.observed;
  const { trace } = evidence;
  const hasSpans = 'spans' in trace && trace.spans.length > 0;
  const way = hasSpans ? tracePlot(trace.spans) : `<p>${x('problem' in trace ? trace.problem : 'an empty trace')}</p>`;
  return `<h2>Time per order</h2>${latencyPlot(window)}
<h2>Pods over the window</h2>${podPlot(window)}
<h2>The slowest order on its way</h2>${way}`;
}

function notesOf({ hintsUsed, hintPenalty, perturbations }: Verdict): string {
  const notes = [
    ...(hintsUsed > 0 ? [`${hintsUsed} hints were opened: minus ${hintPenalty} points.`] : []),
    ...perturbations.map(({ what, undone }) => `${what} (${undone ? 'put back' : 'could not be put back'})`),
  ];
  return notes.length > 0 ? `<h2>Notes</h2><ul>${notes.map((note) => `<li>${x(note)}</li>`).join('')}</ul>` : '';
}
