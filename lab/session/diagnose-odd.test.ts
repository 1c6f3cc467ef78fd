import { describe, expect, it } from 'vitest';
import { oddities, type Seen } from './diagnose-odd.ts';

const nothing: Seen = {
  pods: [],
  deployments: [],
  services: [],
  endpointSlices: [],
  claims: [],
  quotas: [],
  scalers: [],
  warnings: [],
};
const named = (name: string) => ({ metadata: { name } });

describe('what looks odd', () => {
  it('is nothing in a healthy shop', () => {
    const seen: Seen = {
      ...nothing,
      pods: [
        {
          ...named('gateway-1'),
          status: { phase: 'Running', containerStatuses: [{ name: 'gateway', ready: true, restartCount: 0 }] },
        },
      ],
      deployments: [
        { ...named('gateway'), spec: { replicas: 1 }, status: { availableReplicas: 1, updatedReplicas: 1 } },
      ],
      services: [{ ...named('gateway'), spec: { selector: { app: 'gateway' } } }],
      endpointSlices: [
        {
          metadata: { labels: { 'kubernetes.io/service-name': 'gateway' } },
          endpoints: [{ conditions: { ready: true } }],
        },
      ],
      claims: [{ ...named('data'), status: { phase: 'Bound' } }],
      quotas: [{ ...named('quota'), status: { hard: { pods: '9' }, used: { pods: '6' } } }],
    };
    expect(oddities(seen)).toEqual([]);
  });

  const crashed = {
    name: 'shop',
    ready: false,
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
  };
  const failure = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: small' };
  const limited = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message: 'no metrics' };

  it.each<[string, Partial<Seen>, string[]]>([
    [
      'a container that dies',
      { pods: [{ ...named('shop-1'), status: { containerStatuses: [crashed] } }] },
      ['pod shop-1: CrashLoopBackOff, restarted 3 times, last end: OOMKilled, exit code 137'],
    ],
    [
      'a roll-out that does not get on',
      { deployments: [{ ...named('shop'), spec: {}, status: { availableReplicas: 1, conditions: [failure] } }] },
      [
        'deployment shop has 0 of 1 replicas of its newest revision',
        "deployment shop can't make pods: exceeded quota: small",
      ],
    ],
    [
      'a Service that nobody answers for',
      { services: [{ ...named('shop'), spec: { selector: { app: 'shop' } } }] },
      ['service shop has no endpoint that is ready'],
    ],
    [
      'a quota that is used up',
      { quotas: [{ ...named('quota'), status: { hard: { pods: '6' }, used: { pods: '6' } } }] },
      ['quota quota is used up: pods 6'],
    ],
    [
      'an autoscaler that is blind',
      { scalers: [{ ...named('shop'), status: { conditions: [limited] } }] },
      ['autoscaler shop: FailedGetResourceMetric: no metrics'],
    ],
    [
      'warnings, the loudest first',
      {
        warnings: [
          { reason: 'BackOff', count: 2, involvedObject: { kind: 'Pod', name: 'a' } },
          { reason: 'Unhealthy', count: 5, involvedObject: { kind: 'Pod', name: 'b' } },
        ],
      },
      ['warning, 5 times: pod b: Unhealthy', 'warning, 2 times: pod a: BackOff'],
    ],
  ])('is %s', (_, seen, lines) => {
    expect(oddities({ ...nothing, ...seen })).toEqual(lines);
  });
});
