import { describe, expect, it } from 'vitest';
import type { Meaning } from '../check.ts';
import { judgePassword } from './database-password.ts';
import { judgeLog } from './request-log.ts';
import { isAtLeast } from './runs-release.ts';
import { judgeHistory } from './traffic-history.ts';

const meaning: Meaning = { expected: '', why: '', where: '' };

describe('a release', () => {
  it.each([
    ['1.0.0', '1.0.0', true],
    ['1.0.1', '1.0.0', true],
    ['1.10.0', '1.9.9', true],
    ['v2', '1.0.0', true],
    ['0.9.4', '1.0.0', false],
    ['1.0.0-rc1', '1.0.1', false],
    ['dev', '1.0.0', false],
  ])('%s is at least %s: %s', (version, wanted, expected) => {
    expect(isAtLeast(version, wanted)).toBe(expected);
  });
});

describe("the database's password", () => {
  const well = { old: 401, none: 401, isInPlainSight: false };

  it.each([
    ['is asked for', well, 'pass', 'old passwords are refused'],
    ['is still the old one', { ...well, old: 200 }, 'fail', 'answers 200 to a password that was changed'],
    ['is not asked for', { ...well, none: 400 }, 'fail', 'answers 400 to a write without a password'],
    ['stands in the manifest', { ...well, isInPlainSight: true }, 'fail', 'for everybody to read'],
  ])('%s', (_, trials, verdict, observed) => {
    const found = judgePassword(trials, meaning);
    expect(found.verdict).toBe(verdict);
    expect(found.observed).toContain(observed);
  });
});

describe('a log', () => {
  const sent = { id: 'log-1', secret: 's3cret' };

  it.each([
    ['with the request', '{"requestId":"log-1"}', 'pass'],
    ['without it', '{"msg":"listens"}', 'fail'],
    ['with a password', '{"requestId":"log-1","body":{"password":"s3cret"}}', 'fail'],
  ])('%s', (_, log, verdict) => {
    expect(judgeLog(log, sent, meaning).verdict).toBe(verdict);
  });
});

describe('a history of traffic', () => {
  const now = Date.parse('2026-11-20T16:47:00Z');
  const fresh = { at: '2026-11-20T16:46:58Z', requests: 3 };

  it.each([
    ['of now', [fresh], 'pass'],
    ['without samples', [], 'fail'],
    ['that ended', [{ ...fresh, at: '2026-11-20T16:40:00Z' }], 'fail'],
    ['of nothing', [{ ...fresh, requests: 0 }], 'fail'],
  ])('%s', (_, samples, verdict) => {
    expect(judgeHistory(samples, now, meaning).verdict).toBe(verdict);
  });
});
