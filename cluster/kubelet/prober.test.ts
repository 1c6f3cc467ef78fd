import { describe, expect, it } from 'vitest';
import { judge, probeEvent, type Streak } from './prober.ts';

const success = { kind: 'success' } as const;
const failure = { kind: 'failure', output: 'HTTP probe failed with statuscode: 404' } as const;

function verdicts(outcomes: Parameters<typeof judge>[1][], thresholds: Parameters<typeof judge>[2]) {
  let streak: Streak = { runId: 'a', successes: 0, failures: 0 };
  return outcomes.map((outcome) => {
    const judged = judge(streak, outcome, thresholds);
    streak = judged.streak;
    return judged.verdict;
  });
}

describe('judge', () => {
  it('passes and fails only after as many in a row as the thresholds say', () => {
    const thresholds = { successThreshold: 2, failureThreshold: 3 };
    expect(verdicts([success, failure, success, success], thresholds)).toEqual([
      undefined,
      undefined,
      undefined,
      'passed',
    ]);
    expect(verdicts([failure, failure, success, failure, failure, failure], thresholds).at(-1)).toBe('failed');
    expect(verdicts([failure, failure, success, failure, failure], thresholds)).not.toContain('failed');
  });

  it('lets a probe that could not be made change nothing', () => {
    expect(verdicts([failure, { kind: 'unknown', error: 'x' }, failure], { failureThreshold: 2 })).toEqual([
      undefined,
      undefined,
      'failed',
    ]);
  });
});

describe('probeEvent', () => {
  it('reads as the kubelet writes it', () => {
    expect(probeEvent('readiness', failure)).toEqual({
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    });
    expect(probeEvent('liveness', { kind: 'warning', output: 'Probe terminated redirects' })).toEqual({
      reason: 'ProbeWarning',
      message: 'Liveness probe warning: Probe terminated redirects',
    });
  });
});
