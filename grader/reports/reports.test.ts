import { describe, expect, it } from 'vitest';
import { baselineOf, healthyState, pod } from '../testing/fixtures.ts';
import { checkResult, verdictOf } from '../testing/verdicts.ts';
import type { Evidence } from '../evidence.ts';
import { podTimeline } from '../evidence.ts';
import { withoutCauses } from '../verdict.ts';
import { reportFor, reports } from './reports.ts';

const evil = `<script>alert('x')</script> & "quoted" | \`code\` \u0001`;
const verdict = verdictOf();
verdict.issues[1]!.checks[1] = checkResult('fail', evil, 'SECRET_SWITCH is on');

const order = { reference: 'r', item: 'laptop', quantity: 1, durationMs: 30, status: 200, id: 'order-1' };
const evidence: Evidence = {
  runId: 'r',
  plan: { scenario: 's', issues: [], criteria: [], hintCost: 1 },
  baseline: baselineOf('shop'),
  observed: {
    state: healthyState('shop'),
    window: {
      startedAtMs: 0,
      endedAtMs: 4_000,
      samples: [0, 2_000].map((atMs) => ({ atMs, pods: [pod('shop')] })),
      usage: [],
      orders: [
        { ...order, sentAtMs: 100 },
        { reference: 'q', item: 'laptop', quantity: 1, durationMs: 900, status: 503, sentAtMs: 3_000 },
      ],
      refusal: 422,
      intrusions: [],
    },
  },
  trace: {
    traceId: 't',
    spans: [{ service: evil, name: 'POST /orders', spanId: '1', startMs: 0, durationMs: 30 }],
  },
};

describe('every form of a report', () => {
  it.each(Object.entries(reports))('%s gives nothing away that an open issue must keep', (_, report) => {
    expect(report(withoutCauses(verdict), evidence)).not.toMatch(/SECRET_SWITCH|B throws orders away/);
  });
  it('is chosen by the ending of the file', () => {
    expect(reportFor('class/ada.HTML')).toBe(reports['.html']);
    expect(reportFor('ada.pdf')).toBeUndefined();
    expect(reportFor('toString')).toBeUndefined();
  });
});

describe('the HTML page', () => {
  const page = reports['.html'](verdict, evidence);
  it('keeps what the cluster said as text', () => {
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;');
  });
  it('asks for nothing from outside', () => {
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import/);
  });
  it('draws the orders, the pods and one order on its way', () => {
    expect(page.match(/<svg class="plot/g)).toHaveLength(3);
    expect(page).toContain('<title>900 ms, status 503</title>');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
  it('says in words what its marks and colours mean', () => {
    expect(page).toContain('<span class="hidden">passed:</span>');
    expect(page).toContain('aria-label="8 of 21 points"');
  });
  it('also does without pictures', () => {
    expect(reports['.html'](verdict, { ...evidence, observed: null })).not.toContain('<svg class="plot');
  });
});

describe('the JUnit file', () => {
  const file = reports['.xml'](verdict);
  it('has failures, and errors for what could not be judged', () => {
    expect(file).toContain('<testsuite name="issues" tests="2" failures="1" errors="0"');
    expect(file).toContain('<testsuite name="shop" tests="1" failures="0" errors="1"');
  });
  it('holds no character that XML forbids', () => {
    expect(file).not.toContain('\u0001');
    expect(file).not.toContain('<script');
  });
});

describe('the Markdown file', () => {
  it('keeps a table a table', () => {
    const row = reports['.md'](verdict)
      .split('\n')
      .find((line) => line.includes('Orders are lost') || line.includes('B throws'));
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(5);
  });
});

describe('the time line of pods', () => {
  it('joins looks that saw the same', () => {
    const waiting = pod('shop');
    waiting.status!.containerStatuses![0]!.ready = false;
    const samples = [pod('shop'), pod('shop'), waiting].map((one, index) => ({ atMs: index * 10, pods: [one] }));
    expect(podTimeline(samples, 40)).toEqual([
      {
        pod: 'shop-1-a',
        stretches: [
          { word: 'Running', restarts: 0, fromMs: 0, toMs: 20 },
          { word: 'Running, not ready', restarts: 0, fromMs: 20, toMs: 40 },
        ],
      },
    ]);
  });
});
