import { expect, it } from 'vitest';
import { limitProblems } from './limits.ts';
import type { LimitRange, PersistentVolumeClaim, Pod } from './types.ts';

const limitRange = {
  metadata: {},
  spec: {
    limits: [
      { type: 'Container', min: { cpu: '100m' }, max: { memory: '1Gi' }, maxLimitRequestRatio: { memory: '2' } },
      { type: 'Pod', max: { memory: '1536Mi' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
    ],
  },
} as unknown as LimitRange;

const pod = (...resources: object[]) =>
  ({
    kind: 'Pod',
    metadata: {},
    spec: { containers: resources.map((item, index) => ({ name: `c${index}`, resources: item })) },
  }) as unknown as Pod;
const good = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
const claim = (storage: string) =>
  ({
    kind: 'PersistentVolumeClaim',
    metadata: {},
    spec: { resources: { requests: { storage } } },
  }) as unknown as PersistentVolumeClaim;

it.each([
  [pod(good), []],
  [pod(good, good), ['maximum memory usage per Pod is 1536Mi, but limit is 2Gi']],
  [
    pod({ limits: { memory: '1Gi' }, requests: { memory: '256Mi' } }),
    [
      'minimum cpu usage per Container is 100m.  No request is specified',
      'memory max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    ],
  ],
  [
    pod({ requests: { cpu: '50m', memory: '1Gi' } }),
    [
      'minimum cpu usage per Container is 100m, but request is 50m',
      'maximum memory usage per Container is 1Gi.  No limit is specified',
      'memory max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
      'maximum memory usage per Pod is 1536Mi.  No limit is specified',
    ],
  ],
  [claim('500Mi'), ['minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi']],
  [claim('3Gi'), ['maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi']],
])('bounds are told in the words of the real server (%#)', (object, problems) => {
  expect(limitProblems(limitRange, object)).toEqual(problems);
});
