import { describe, expect, it } from 'vitest';
import type { Kube } from '../lib/kube/kube.ts';
import { KubeError } from '../lib/kube/kube-error.ts';
import { lostGuards, readGuards } from './guards.ts';
import { deployment } from './testing/fixtures.ts';

const objects: Record<string, unknown[]> = {
  networkpolicies: [{ spec: { podSelector: { matchLabels: { app: 'database' } } } }],
  horizontalpodautoscalers: [{ spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop' } } }],
  resourcequotas: [{ spec: { hard: { pods: '10' } } }],
};
const list = (path: string) => {
  if (path.endsWith('limitranges')) return Promise.reject(new KubeError(403, 'Forbidden', 'no'));
  return Promise.resolve(objects[path.split('/').at(-1) ?? ''] ?? []);
};

describe('what guards a component', () => {
  it('is found by whom it selects or targets; a quota guards all; what may not be seen is not there', async () => {
    const found = await readGuards({ list } as unknown as Kube, 'n', [deployment('shop'), deployment('database')]);
    expect(found).toEqual([
      { kind: 'NetworkPolicy', deployment: 'database' },
      { kind: 'HorizontalPodAutoscaler', deployment: 'shop' },
      { kind: 'ResourceQuota', deployment: null },
    ]);
  });
  it('is lost when nothing of its kind guards it any more, whatever its name', () => {
    const policy = { kind: 'NetworkPolicy', deployment: 'database' };
    const quota = { kind: 'ResourceQuota', deployment: null };
    expect(lostGuards('database', [policy, quota], [policy, policy, quota])).toEqual([]);
    expect(lostGuards('database', [policy, quota], [{ ...policy, deployment: 'shop' }])).toEqual([
      'NetworkPolicy',
      'ResourceQuota',
    ]);
    expect(lostGuards('shop', [policy], [])).toEqual([]);
  });
});
