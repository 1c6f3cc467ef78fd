import { expect, it } from 'vitest';
import type { Pod } from '../../objects/types.ts';
import { byDeletionOrder } from './deletion-order.ts';

interface Facts {
  node?: string | false;
  phase?: string;
  readyAt?: string;
  cost?: number;
  restarts?: number;
  createdAt?: string;
}

function pod(name: string, { node = 'node-1', phase = 'Running', readyAt, cost, restarts = 0, createdAt }: Facts): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      creationTimestamp: createdAt ?? '2026-11-20T10:00:00Z',
      annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': String(cost) },
    },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: {
      phase,
      conditions: readyAt ? [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }] : [],
      containerStatuses: [{ name: 'app', image: '', imageID: '', ready: true, restartCount: restarts }],
    },
  };
}

it('gives up first the pods that serve least', () => {
  const early = '2026-11-20T10:00:05Z';
  const late = '2026-11-20T10:05:00Z';
  const inOrder = [
    pod('unscheduled', { node: false, phase: 'Pending' }),
    pod('pending', { phase: 'Pending' }),
    pod('not-ready', {}),
    pod('cheap', { readyAt: early, cost: -5 }),
    pod('ready-lately', { readyAt: late }),
    pod('restarting', { readyAt: early, restarts: 3 }),
    pod('young', { readyAt: early, createdAt: '2026-11-20T10:00:01Z' }),
    pod('old', { readyAt: early }),
    pod('dear', { readyAt: early, cost: 100 }),
  ];
  const names = byDeletionOrder(inOrder.toReversed()).map(({ metadata }) => metadata.name);
  expect(names).toEqual(inOrder.map(({ metadata }) => metadata.name));
});

it('gives up first, of pods that serve alike, those that share a node with siblings', () => {
  const at = { readyAt: '2026-11-20T10:00:05Z' };
  const alone = pod('alone', { ...at, node: 'node-2', createdAt: '2026-11-20T10:00:02Z' });
  const together = [pod('first', at), pod('second', at)];
  const pods = [alone, ...together];
  expect(byDeletionOrder(pods, pods)[2]).toBe(alone);
  expect(byDeletionOrder(pods)[0]).toBe(alone);
});
