import { describe, expect, it } from 'vitest';
import type { CheckResult, Verdict } from '../verdict.ts';
import { textReport } from './text.ts';

const check = (verdict: CheckResult['verdict'], observed: string): CheckResult => ({
  kind: 'k',
  verdict,
  observed,
  expected: 'two',
  why: 'it matters',
  where: 'the log',
});

const verdict: Verdict = {
  scenario: 'friday-afternoon',
  engine: 'embedded',
  seed: null,
  quick: true,
  windowS: 6,
  verdict: 'fail',
  score: 8,
  maxScore: 21,
  startedAt: '2026-11-20T17:00:00.000Z',
  finishedAt: '2026-11-20T17:00:12.000Z',
  issues: [
    {
      id: 'a',
      title: 'A is down',
      component: 'a',
      verdict: 'pass',
      points: 8,
      maxPoints: 8,
      checks: [check('pass', 'fine')],
    },
    {
      id: 'b',
      title: 'B is down',
      component: 'b',
      verdict: 'fail',
      points: 0,
      maxPoints: 8,
      checks: [check('pass', 'fine'), check('fail', 'one')],
    },
  ],
  criteria: [
    {
      id: 'c',
      title: 'Logs are clean',
      verdict: 'undetermined',
      points: 0,
      maxPoints: 5,
      observed: '',
      expected: '',
      checks: [check('undetermined', 'blocked by b')],
    },
  ],
  orders: { sent: 20, succeeded: 20, p50Ms: 20.4, p95Ms: 80, maxMs: 101 },
  hintsUsed: 2,
  hintPenalty: 2,
  times: { detectS: null, diagnoseS: null, mitigateS: null, resolveS: null },
  perturbations: [{ what: 'a pod ran', undone: false }],
};

describe('the report for a terminal', () => {
  const lines = textReport(verdict).split('\n');

  it('needs one line for what is well', () => {
    expect(lines.slice(lines.indexOf('  ✓ A is down (8/8)')).at(1)).toBe('  ✗ B is down (0/8)');
  });
  it('shows seen, wanted, why and where for what is not', () => {
    const at = lines.indexOf('  ✗ B is down (0/8)');
    const rows = lines.slice(at + 1, at + 5).map((line) => line.trim());
    expect(rows).toEqual(['seen    one', 'wanted  two', 'why     it matters', 'look at the log']);
  });
  it('marks what could not be judged', () => {
    expect(lines).toContain('  ? Logs are clean (0/5)');
  });
  it('says what a quick look is worth, what hints cost and what could not be put back', () => {
    const text = lines.join('\n');
    expect(text).toMatch(/quick look of 6 s/);
    expect(text).toMatch(/2 opened, minus 2 points/);
    expect(text).toMatch(/could not be put back: a pod ran/);
    expect(text).toMatch(/20 of 20 succeeded, half within 20 ms, 95 % within 80 ms, slowest 101 ms/);
  });
  it('wraps at the given width and uses colours only when asked', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(textReport(verdict)).not.toContain('\u001B');
    expect(textReport(verdict, { color: true })).toContain('\u001B');
  });
});
