import { expect, it } from 'vitest';
import { obstacleOf } from './obstacle.ts';

it.each([
  [
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    '0/1 nodes are available',
  ],
  [
    { containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull', message: 'pull access denied' } } }] },
    'ErrImagePull: pull access denied',
  ],
  [
    { containerStatuses: [{ lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] },
    'its container ended: OOMKilled, exit code 137',
  ],
  [{ containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] }, undefined],
])('what a pod waits for is told in the words of the cluster: %j', (status, words) => {
  expect(obstacleOf({ status })).toBe(words);
});
