import { expect, it } from 'vitest';
import { obstacleOf } from './obstacle.ts';

it.each([
  [
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    '0/1 nodes are available',
    false,
  ],
  [
    { containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull', message: 'pull access denied' } } }] },
    'ErrImagePull: pull access denied',
    true,
  ],
  [
    { containerStatuses: [{ lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] },
    'its container ended: OOMKilled, exit code 137',
    false,
  ],
  [{ containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] }, undefined, undefined],
])('what a pod waits for is told in the words of the cluster: %j', (status, why, isLasting) => {
  expect(obstacleOf({ status })).toEqual(why && { why, isLasting });
});
