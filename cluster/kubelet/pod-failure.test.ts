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
    expect(failureOf(pod, { volumes, podDir: folder, logDir: '' }, now)).toBeUndefined();
    writeFileSync(join(folder, 'one-more'), 'x');
    expect(failureOf(pod, { volumes, podDir: folder, logDir: '' }, now)).toMatchObject({
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
    });
    expect(nextJudgementMs(pod, now)).toBe(10_000);
  });

  it('has written more than its containers may together', () => {
    const podDir = mkdtempSync(join(tmpdir(), 'pod-'));
    const limited = (name: string) => ({ name, resources: { limits: { 'ephemeral-storage': '1Mi' } } });
    const pod = podWith({ containers: [limited('a'), limited('b')] });
    const ground = { volumes: new Map<string, string>(), podDir, logDir: join(podDir, 'logs') };
    mkdirSync(join(podDir, 'containers', 'a'), { recursive: true });
    writeFileSync(join(podDir, 'containers', 'a', 'file'), Buffer.alloc(2 << 20));
    expect(failureOf(pod, ground, now)).toBeUndefined();
    mkdirSync(ground.logDir);
    writeFileSync(join(ground.logDir, '0.log'), 'x');
    expect(failureOf(pod, ground, now)).toMatchObject({
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ',
    });
    expect(nextJudgementMs(pod, now)).toBe(10_000);
  });
});
