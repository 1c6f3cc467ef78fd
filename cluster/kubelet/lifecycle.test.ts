import { describe, expect, it } from 'vitest';
import { pods } from '../client/resources.ts';
import { createNodeUnderTest } from './testing/node-under-test.ts';

describe('a hook before the end', () => {
  it('runs before the process is told to stop', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', lifecycle: { preStop: { exec: { command: ['leave', 'pool'] } } } });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(2000);
    expect(node.runtime.calls).toEqual(['leave pool', 'SIGTERM']);
  });

  it('takes its time from the grace: who sleeps too long in it is killed', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    await node.createPod({ image: 'web:v1', lifecycle }, { terminationGracePeriodSeconds: 8 });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(4000);
    expect(node.runtime.calls).toEqual([]);
    await node.advance(2000);
    expect(node.runtime.calls).toEqual(['SIGTERM']);
    await node.advance(3000);
    expect(node.runtime.calls).toEqual(['SIGTERM', 'SIGKILL']);
  });
});

describe('an exec probe', () => {
  it('is run in the container as often as it is due', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', livenessProbe: { exec: { command: ['alive'] }, periodSeconds: 5 } });
    await node.advance(16_000);
    const asked = node.runtime.calls.filter((call) => call === 'alive').length;
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(5);
  });
});
