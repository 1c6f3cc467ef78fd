import { describe, expect, it } from 'vitest';
import type { Proof } from '../../scenarios/fault.ts';
import { judgeProof, type Observation } from './proof.ts';

type Pod = Observation['pods'][number];
type Containers = NonNullable<NonNullable<Pod['status']>['containerStatuses']>;

function observation(statuses: Containers, parts: Partial<Observation> = {}): Observation {
  return {
    deployments: [{ metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } } } }],
    pods: [
      {
        metadata: { name: 'web-1', labels: { app: 'web', extra: 'yes' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web',
              env: [{ name: 'RATE', value: '0.5' }],
              livenessProbe: { httpGet: { port: 8080 } },
            },
          ],
        } as unknown as Pod['spec'],
        status: { podIP: '10.42.0.7', containerStatuses: statuses },
      },
      { metadata: { name: 'old-1', labels: { app: 'web' }, deletionTimestamp: 'now' }, spec: { containers: [] } },
    ],
    endpointSlices: [],
    events: [],
    objects: [],
    imagePrefix: '',
    digests: new Map([['web:latest', 'sha256:b']]),
    healthyDigests: new Map([['web:latest', 'sha256:a']]),
    ...parts,
  };
}

const crashed = [
  { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
];
const running = [{ restartCount: 0, state: {} }];
const besideOld = observation(crashed, {
  pods: [...observation(running).pods, ...observation(crashed).pods],
});
const slice = (endpoints: unknown[]): Observation['endpointSlices'] => [
  { metadata: { labels: { 'kubernetes.io/service-name': 'web' } }, endpoints },
];

describe('the proof of a fault', () => {
  it.each<[string, Proof, Observation, boolean]>([
    [
      'a waiting reason',
      { kind: 'container-waiting', deployment: 'web', reasons: ['ErrImagePull', 'CrashLoopBackOff'] },
      observation(crashed),
      true,
    ],
    [
      'another waiting reason',
      { kind: 'container-waiting', deployment: 'web', reasons: ['ErrImagePull'] },
      observation(crashed),
      false,
    ],
    ['a crash', { kind: 'container-crashed', deployment: 'web' }, observation(crashed), true],
    ['no crash', { kind: 'container-crashed', deployment: 'web' }, observation(running), false],
    ['a variable', { kind: 'env', deployment: 'web', name: 'RATE', value: '0.5' }, observation(running), true],
    [
      'a missing variable',
      { kind: 'env', deployment: 'web', name: 'DB_NAME', value: null },
      observation(running),
      true,
    ],
    [
      'a variable that is there',
      { kind: 'env', deployment: 'web', name: 'RATE', value: null },
      observation(running),
      false,
    ],
    [
      'a field',
      { kind: 'pod-field', deployment: 'web', field: 'spec.containers[0].livenessProbe.httpGet.port', equals: 8080 },
      observation(running),
      true,
    ],
    [
      'a field that differs',
      { kind: 'pod-field', deployment: 'web', field: 'spec.containers[0].livenessProbe.httpGet.port', equals: 3000 },
      observation(running),
      false,
    ],
    ['a changed image', { kind: 'image-changed', deployment: 'web' }, observation(running), true],
    [
      'the healthy image',
      { kind: 'image-changed', deployment: 'web' },
      observation(running, { digests: new Map([['web:latest', 'sha256:a']]) }),
      false,
    ],
    [
      'no endpoints',
      { kind: 'no-endpoints', service: 'web' },
      observation(running, { pods: observation(running).pods.slice(0, 1), endpointSlices: slice([]) }),
      true,
    ],
    [
      'an endpoint, though not ready',
      { kind: 'no-endpoints', service: 'web' },
      observation(running, { pods: observation(running).pods.slice(0, 1), endpointSlices: slice([{}]) }),
      false,
    ],
    [
      'a field of any object',
      {
        kind: 'object-field',
        object: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        field: 'status.conditions[type=ReplicaFailure].status',
        equals: 'True',
      },
      observation(running, {
        objects: [
          {
            kind: 'Deployment',
            metadata: { name: 'web' },
            status: {
              conditions: [
                { type: 'Available', status: 'False' },
                { type: 'ReplicaFailure', status: 'True' },
              ],
            },
          } as Observation['objects'][number],
        ],
      }),
      true,
    ],
    [
      'a field whose name has a dot',
      {
        kind: 'object-field',
        object: { apiVersion: 'v1', kind: 'ConfigMap', name: 'web' },
        field: "data['a.json']",
        equals: '1',
      },
      observation(running, {
        objects: [
          { kind: 'ConfigMap', metadata: { name: 'web' }, data: { 'a.json': '1' } } as Observation['objects'][number],
        ],
      }),
      true,
    ],
    [
      'an object that is not there',
      {
        kind: 'object-field',
        object: { apiVersion: 'v1', kind: 'Secret', name: 'web' },
        field: 'type',
        equals: 'Opaque',
      },
      observation(running),
      false,
    ],
    [
      'an event',
      { kind: 'event', about: 'web-', reason: 'FailedCreate', says: 'exceeded quota' },
      observation(running, {
        events: [
          {
            reason: 'FailedCreate',
            message: 'pods "web-1" is forbidden: exceeded quota: team',
            involvedObject: { name: 'web-5d' },
          },
        ],
      }),
      true,
    ],
    [
      'an event about something else',
      { kind: 'event', about: 'api-', reason: 'FailedCreate', says: '' },
      observation(running, { events: [{ reason: 'FailedCreate', involvedObject: { name: 'web-5d' } }] }),
      false,
    ],
    ['a new pod beside old ones', { kind: 'container-crashed', deployment: 'web', some: true }, besideOld, true],
    ['a new pod where all must show it', { kind: 'container-crashed', deployment: 'web' }, besideOld, false],
    ['no endpoints before pods have addresses', { kind: 'no-endpoints', service: 'web' }, observation(running), false],
    [
      'a Deployment without pods',
      { kind: 'container-crashed', deployment: 'web' },
      observation(running, { pods: [] }),
      false,
    ],
  ])('%s', (_, proof, seen, proven) => {
    expect(judgeProof(proof, seen)).toMatchObject({ proven });
  });

  it('says what was seen', () => {
    const proof: Proof = { kind: 'env', deployment: 'web', name: 'DB_NAME', value: null };
    expect(judgeProof(proof, observation(running)).observed).toBe('web DB_NAME=(not set)');
  });
});
