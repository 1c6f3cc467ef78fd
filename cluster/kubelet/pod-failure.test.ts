import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../objects/types.ts';
import { failureOf, nextJudgementMs } from './pod-failure.ts';

const now = Date.parse('2026-11-20T16:47:00Z');
const podWith = (spec: Partial<NonNullable<Pod['spec']>>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [], ...spec },
  status: { startTime: '2026-11-20T16:46:00Z' },
});

describe('a pod that may not go on', () => {
  it('is over its deadline', () => {
    expect(failureOf(podWith({ activeDeadlineSeconds: 90 }), undefined, now)).toBeUndefined();
    expect(nextJudgementMs(podWith({ activeDeadlineSeconds: 90 }), now)).toBe(30_000);
    expect(failureOf(podWith({ activeDeadlineSeconds: 60 }), undefined, now)).toMatchObject({
      reason: 'DeadlineExceeded',
      isDisruption: false,
    });
  });

  it('has filled an emptyDir beyond its limit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'volume-'));
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'file'), Buffer.alloc(1 << 20));
    const pod = podWith({ volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }] });
    const volumes = new Map([['cache', folder]]);
    expect(failureOf(pod, volumes, now)).toBeUndefined();
    writeFileSync(join(folder, 'one-more'), 'x');
    expect(failureOf(pod, volumes, now)).toMatchObject({
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
    });
    expect(nextJudgementMs(pod, now)).toBe(10_000);
  });
});
