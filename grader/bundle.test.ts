import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonical, parseBundle, sealBundle, tamperings, type Bundle, type BundleParts } from './bundle.ts';
import { classCsv, classTable, classText } from './class-table.ts';
import { classHtml } from './reports/class-html.ts';
import { rejudge } from './rejudge.ts';
import { baselineOf, healthyState, pod } from './testing/fixtures.ts';
import { verdictOf } from './testing/verdicts.ts';
import type { GradingPlan } from './grading-plan.ts';
import type { CheckResult, Verdict } from './verdict.ts';

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const key = newKey();

const parts: BundleParts = {
  facts: {
    version: '0.1.0',
    engine: 'embedded',
    engineVersion: 'v1',
    node: '26',
    scenario: 's',
    seed: 'seed-1',
    faults: [],
    handedOverAt: '2026-11-20T16:00:00Z',
    gradedAt: '2026-11-20T17:00:00Z',
  },
  evidence: {
    runId: 'r',
    baseline: baselineOf('shop'),
    observed: {
      state: healthyState('shop'),
      window: {
        startedAtMs: 0,
        endedAtMs: 4_000,
        samples: [0, 2_000].map((atMs) => ({ atMs, pods: [pod('shop')] })),
        usage: [],
        orders: [],
        refusal: 422,
        intrusions: [],
      },
    },
    trace: { problem: 'none' },
  },
  findings: [{ component: 'shop', kind: 'code', symptom: 'it fails whenever somebody asks it twice in a row' }],
  trail: [{ atMs: 1, text: 'patch deployments.apps/shop' }],
  verdict: verdictOf(),
};
const sealed = sealBundle(parts, key);
const copy = (): Bundle => structuredClone(sealed);

describe('a bundle', () => {
  it('is sound when it is read as it was sealed', () => {
    const read = parseBundle(JSON.stringify(sealed));
    expect('problem' in read ? [read.problem] : tamperings(read)).toEqual([]);
  });
  it.each([
    ['a better score', (bundle: Bundle) => void (bundle.verdict.score = 21), /^The verdict of this bundle was changed/],
    ['another seed', (bundle: Bundle) => void (bundle.facts.seed = 'seed-2'), /^The facts of this bundle were changed/],
    ['fewer orders', (bundle: Bundle) => void (bundle.evidence.observed = null), /^The evidence of this bundle/],
    ['other findings', (bundle: Bundle) => void (bundle.findings = []), /^The findings of this bundle/],
    ['no signature', (bundle: Bundle) => void (bundle.signature = ''), /^The signature does not belong/],
    ['no key', (bundle: Bundle) => void (bundle.publicKey = 'AAAA'), /^The signature does not belong/],
  ])('shows %s', (_, tamper, sentence) => {
    const bundle = copy();
    tamper(bundle);
    expect(tamperings(bundle)).toEqual([expect.stringMatching(sentence)]);
  });
  it('shows that digests were made anew without the key', () => {
    const forged = {
      ...sealBundle({ ...parts, verdict: verdictOf({ score: 21 }) }, newKey()),
      publicKey: sealed.publicKey,
    };
    expect(tamperings(forged)).toEqual([expect.stringMatching(/^The signature/)]);
  });
  it('shows that it comes from another seat, or is of another seed', () => {
    const other = sealBundle(parts, newKey());
    expect(tamperings(other, { publicKey: sealed.publicKey })).toEqual([expect.stringMatching(/another seat/)]);
    expect(tamperings(sealed, { seed: 'seed-9' })).toEqual([expect.stringMatching(/seed-9 was expected/)]);
  });
  it.each([JSON.stringify(sealed).slice(0, 500), '{}', 'null', '[]', ''])(
    'that is cut is told in a sentence',
    (text) => {
      expect(parseBundle(text)).toEqual({ problem: expect.stringMatching(/^The file .*/s) });
    },
  );
});

describe('canonical JSON', () => {
  it('is the same whatever the order of keys', () => {
    expect(canonical({ b: [1, { d: 1, c: undefined }], a: null })).toBe(canonical({ a: null, b: [1, { d: 1 }] }));
  });
});

describe('judging again', () => {
  const plan: GradingPlan = {
    scenario: 's',
    issues: [],
    criteria: [
      { id: 'pods', title: 'Pods', points: 5, checks: [{ kind: 'pods-healthy', params: {} }] },
      { id: 'logs', title: 'Logs', points: 5, checks: [{ kind: 'logs', params: {} }] },
    ],
    hintCost: 1,
  };
  const result = (kind: string, verdict: CheckResult['verdict']): CheckResult => ({
    kind,
    verdict,
    observed: '',
    expected: '',
    why: '',
    where: '',
  });
  const judged = (pods: CheckResult['verdict']): Verdict => {
    const criteria = (['pods', 'logs'] as const).map((id) => {
      const verdict = id === 'pods' ? pods : 'pass';
      const kind = id === 'pods' ? 'pods-healthy' : 'logs';
      const points = verdict === 'pass' ? 5 : 0;
      return {
        id,
        title: id,
        verdict,
        points,
        maxPoints: 5,
        observed: '',
        expected: '',
        checks: [result(kind, verdict)],
      };
    });
    const score = criteria.reduce((sum, { points }) => sum + points, 0);
    return verdictOf({ issues: [], criteria, score, maxScore: 10, verdict: pods, hintsUsed: 0 });
  };

  it('gives the same answer from the same evidence, and asks nobody', async () => {
    const again = await rejudge(judged('pass'), parts.evidence, plan);
    expect(again).toEqual({ rejudged: 1, recorded: 1, contradictions: [] });
  });
  it('shows a verdict that its evidence does not bear out', async () => {
    const evidence = structuredClone(parts.evidence);
    evidence.observed!.window.samples[1]!.pods = [];
    const { contradictions } = await rejudge(judged('pass'), evidence, plan);
    expect(contradictions[0]).toMatch(/^pods-healthy: the verdict says pass, its evidence fail/);
  });
  it('shows a score that the answers do not make', async () => {
    const { contradictions } = await rejudge({ ...judged('pass'), score: 9 }, parts.evidence, plan);
    expect(contradictions).toEqual([expect.stringMatching(/9 points; its answers make pass with 10/)]);
  });
  it('shows a verdict of another scenario', async () => {
    const { contradictions } = await rejudge(verdictOf(), parts.evidence, plan);
    expect(contradictions).toEqual([expect.stringMatching(/does not answer the questions/)]);
  });
});

describe('a class', () => {
  const submissions = [
    { person: 'ada', bundle: sealed, problems: [] },
    { person: '=bob', bundle: sealed, problems: [] },
    { person: 'eve', bundle: null, problems: ['The file is cut off.'] },
  ];
  const table = classTable(submissions, { nowMs: Date.parse('2026-11-22T17:00:00Z'), maxAgeMs: 3_600_000 });

  it('has a row for each person, with points for each fault', () => {
    expect(table.rows[0]?.slice(0, 5)).toEqual(['ada', '8/21 (quick)', '', '8/8', '0/8']);
    expect(new Set(table.rows.map((row) => row.length))).toEqual(new Set([table.head.length]));
    expect(table.rows[0]?.[table.head.indexOf('scenario')]).toBe('s');
  });
  it('tells what is equal and should not be, what is old, and what can not be read', () => {
    const text = classText(table);
    expect(text).toContain('ada, =bob: the same grading.');
    expect(text).toContain('ada, =bob: findings in the same words.');
    expect(text).toContain('ada: the bundle is 48 hours old.');
    expect(text).toContain('eve: The file is cut off.');
  });
  it('shows what each found, as the instructor judged it, and keeps what they wrote as text', () => {
    const evil = "<img src=x onerror=alert('x')>";
    const bundle = { ...sealed, findings: [{ component: evil, kind: 'code', symptom: evil }] };
    const issues = [{ number: 2, component: true, kind: true, late: false, points: 3 }];
    const diagnosis = { points: 3, maxPoints: 6, findings: 1, issues };
    const judged = classTable([{ person: evil, bundle, diagnosis, problems: [evil] }], { nowMs: 0 });
    expect(judged.rows[0]?.[2]).toBe('3/6');
    const html = classHtml(judged);
    expect(html).toContain('<td>component and kind</td>');
    expect(html).toContain('&lt;img src=x onerror=alert(&#39;x&#39;)&gt;');
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/(?:href)=|url\(|@import|<script/);
  });
  it('keeps formulas out of spreadsheets', () => {
    expect(classCsv(table)).toContain("\r\n'=bob,");
  });
});
