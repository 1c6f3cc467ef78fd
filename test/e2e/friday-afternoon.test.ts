/**
 * The first incident as it is played: start, look, grade, repair one by one, pass, reset, stop.
 * In the order of the file; each test stands on the one before.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../grader/verdict.ts';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import { createTestLab, processesOf, type TestLab } from '../helpers/lab.ts';
import { eventually } from '../helpers/run.ts';

const catalogue = await loadCatalogue(fileURLToPath(new URL('../../scenarios', import.meta.url)));
/** In the order in which the source's debugging path finds them. */
const path = [
  'env-missing',
  'image-tag-missing',
  'selector-mismatch',
  'liveness-port',
  'dependency-url',
  'memory-limit',
  'chaos-flag',
  'retry-storm',
];

const answers = (verdict: Verdict) => Object.fromEntries(verdict.issues.map((issue) => [issue.id, issue.verdict]));

describe('friday-afternoon', () => {
  let lab: TestLab;
  /** Where the shop is offered: localhost:8080, or the next port when that one is taken. */
  let entrance: string;
  const k = async (...args: string[]) => (await lab.kubectl(args)).stdout;

  beforeAll(async () => {
    lab = await createTestLab();
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  it('starts broken, proves it, and says how to begin', async () => {
    const started = await lab.cli(['start']);
    expect(started.code, started.stderr + started.stdout).toBe(0);
    entrance = (JSON.parse((await lab.cli(['status', '--json'])).stdout) as { entrance: string }).entrance;
    expect(started.stdout).toContain('Friday, 4:47 PM');
    expect(started.stdout).toContain(entrance);
    expect(started.stderr).toContain('8 of 8 faults');
    expect(started.stdout).toContain('npx brokenprod kubectl get pods');
    expect(existsSync(join(lab.dir, '.brokenprod/incident/k8s/06-database-service.yaml'))).toBe(true);
  });

  it('refuses a second start in the same folder', async () => {
    const second = await lab.cli(['start']);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/already runs/);
  });

  it('shows the visible faults as a cluster would', async () => {
    await eventually(
      'the mix of the source',
      () => k('get', 'pods'),
      (pods) => {
        return (
          /database-service-\S+ +0\/1 +(Error|CrashLoopBackOff)/.test(pods) &&
          /notification-service-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff)/.test(pods)
        );
      },
    );
    expect(await k('logs', 'deployment/database-service')).toContain('DB_NAME');
    expect(await k('get', 'endpoints', 'gateway')).toMatch(/gateway +<none>/);
    await expect(fetch(`${entrance}/api/products`)).rejects.toThrow('fetch failed');
  });

  it('shows the masked ones when their time has come', async () => {
    await eventually(
      'the liveness probe kills api-service',
      () => k('get', 'pods', '-l', 'app=api-service'),
      (pods) => / +[1-9]\d* \(/.test(pods),
      { timeoutMs: 60_000 },
    );
    expect(await k('describe', 'pod', '-l', 'app=api-service')).toContain('Liveness probe failed');
    await eventually(
      'auth-service is OOMKilled under the shoppers',
      () => k('get', 'pods', '-l', 'app=auth-service', '-o', 'json'),
      (pods) => pods.includes('"OOMKilled"'),
      { timeoutMs: 180_000 },
    );
  }, 260_000);

  it('is judged broken, each issue for its own reason', async () => {
    const verdict = await lab.grade('--quick');
    expect(verdict.verdict).toBe('fail');
    expect(verdict.score).toBeLessThan(verdict.maxScore * 0.2);
    expect(answers(verdict)).toEqual(Object.fromEntries(path.map((id) => [id, 'fail'])));
    const reasons = verdict.issues.map(({ checks }) => checks.find((check) => check.verdict === 'fail')?.observed);
    expect(new Set(reasons).size).toBe(path.length);
  }, 120_000);

  it('has no fault that a wrong repair would hide', async () => {
    for (const round of [0, 1]) {
      const reset = await lab.cli(['reset']);
      expect(reset.code, reset.stderr).toBe(0);
      for (const id of path) await lab.apply(catalogue.faults.get(id)!.wrongFixes[round]!.steps);
      const verdict = await lab.grade('--quick');
      const passed = verdict.issues.filter((issue) => issue.verdict === 'pass');
      expect(passed, `round ${round + 1}`).toEqual([]);
    }
    expect((await lab.cli(['reset'])).code).toBe(0);
  }, 300_000);

  it('is repaired one by one: each right repair flips its own issue and no other', async () => {
    const repaired = new Set<string>();
    for (const id of path) {
      const solved = await lab.cli(['solve', id, '--yes'], 120_000);
      expect(solved.code, solved.stderr + solved.stdout).toBe(0);
      repaired.add(id);
      const verdict = await lab.grade('--quick');
      expect(
        new Set(verdict.issues.filter((issue) => issue.verdict === 'pass').map((issue) => issue.id)),
        `after ${id}`,
      ).toEqual(repaired);
    }
  }, 600_000);

  it('passes with 100 % and 20 of 20 orders when the whole window holds', async () => {
    const verdict = await lab.grade();
    expect(verdict.criteria.filter((criterion) => criterion.verdict !== 'pass')).toEqual([]);
    expect(verdict).toMatchObject({ verdict: 'pass', score: verdict.maxScore, orders: { sent: 20, succeeded: 20 } });
  }, 300_000);

  it('is broken again after a reset', async () => {
    expect((await lab.cli(['reset'])).code).toBe(0);
    const verdict = await lab.grade('--quick');
    expect(verdict.issues.filter((issue) => issue.verdict === 'pass')).toEqual([]);
  }, 120_000);

  it('stops and leaves nothing behind', async () => {
    const stopped = await lab.cli(['stop']);
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(await processesOf(lab.dir)).toEqual([]);
    await expect(fetch(entrance)).rejects.toThrow('fetch failed');
    expect((await lab.cli(['status'])).stdout).toMatch(/no lab/i);
  });
});
