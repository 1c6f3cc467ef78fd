import type { Answer, CheckResult, Verdict } from '../verdict.ts';

export function checkResult(verdict: Answer, observed: string, cause?: string): CheckResult {
  const meaning = { expected: 'two', why: 'it matters', where: 'the log' };
  return { kind: 'k', verdict, observed, ...meaning, ...(cause !== undefined && { cause }) };
}

/** One issue repaired, one open, and a criterion that could not be judged. */
export function verdictOf(changes: Partial<Verdict> = {}): Verdict {
  return {
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
        number: 1,
        id: 'a',
        title: 'A has no name',
        complaint: 'Nothing can be bought',
        component: 'a',
        verdict: 'pass',
        points: 8,
        maxPoints: 8,
        checks: [checkResult('pass', 'fine')],
        cause: 'NAME was not set',
      },
      {
        number: 2,
        id: 'b',
        title: 'B throws orders away',
        complaint: 'Orders are lost',
        component: 'b',
        verdict: 'fail',
        points: 0,
        maxPoints: 8,
        checks: [checkResult('pass', 'fine'), checkResult('fail', 'one', 'SECRET_SWITCH is on')],
        cause: 'SECRET_SWITCH was left on',
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
        checks: [checkResult('undetermined', 'blocked by b')],
      },
    ],
    orders: { sent: 20, succeeded: 20, p50Ms: 20.4, p95Ms: 80, maxMs: 101 },
    hintsUsed: 2,
    hintPenalty: 2,
    times: { detectS: 12, diagnoseS: null, mitigateS: null, resolveS: null },
    perturbations: [{ what: 'a pod ran', undone: false }],
    ...changes,
  };
}
