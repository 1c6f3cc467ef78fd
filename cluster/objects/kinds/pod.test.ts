import { expect, it } from 'vitest';
import type { Pod } from '../types.ts';
import { pod } from './pod.ts';

it('a pod with scheduling gates says from the first moment that it waits for them', () => {
  const gated: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'app' }], schedulingGates: [{ name: 'example.com/quota' }] },
  };
  pod.defaults?.(gated);
  expect(gated.status?.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulingGated' }]);
  const status = pod.columns.find(({ name }) => name === 'Status');
  expect(status?.cell(gated, 0)).toBe('SchedulingGated');
});
