import { expect, it } from 'vitest';
import type { Change, Informer } from '../../client/informer.ts';
import type { Pod } from '../../objects/types.ts';
import { createPodIndex } from './pod-index.ts';
import { namedPod } from './testing/fixtures.ts';

function indexed() {
  const handlers: ((change: Change<Pod>) => void)[] = [];
  const informer: Informer<Pod> = {
    synced: Promise.resolve(),
    get: () => undefined,
    list: () => [],
    subscribe: (handler) => {
      handlers.push(handler);
      return () => {};
    },
  };
  const index = createPodIndex(informer);
  return { index, tell: (change: Change<Pod>) => handlers.forEach((handler) => handler(change)) };
}

const bound = (pod: Pod, nodeName = 'node-1'): Pod => ({ ...pod, spec: { ...pod.spec!, nodeName } });
const names = (pods: Iterable<Pod>) => [...pods].map(({ metadata }) => metadata.name);

it('follows a pod from its creation over its binding to its end', () => {
  const { index, tell } = indexed();
  const [a, b] = [namedPod('a'), namedPod('b')];
  tell({ type: 'added', object: a });
  tell({ type: 'added', object: b });
  expect(names(index.unassigned())).toEqual(['a', 'b']);
  tell({ type: 'updated', old: a, object: bound(a) });
  tell({ type: 'updated', old: b, object: bound(b) });
  expect(names(index.unassigned())).toEqual([]);
  expect(names(index.on('node-1'))).toEqual(['a', 'b']);
  tell({ type: 'updated', old: bound(a), object: { ...bound(a), status: { phase: 'Succeeded' } } });
  expect(names(index.on('node-1'))).toEqual(['b']);
  tell({ type: 'deleted', object: bound(b) });
  expect(index.on('node-1')).toEqual([]);
});

it('hands out the same array until something changes on the node', () => {
  const { index, tell } = indexed();
  tell({ type: 'added', object: bound(namedPod('a')) });
  const before = index.on('node-1');
  tell({ type: 'added', object: bound(namedPod('b'), 'node-2') });
  expect(index.on('node-1')).toBe(before);
  tell({ type: 'added', object: bound(namedPod('c')) });
  expect(index.on('node-1')).not.toBe(before);
});

it('knows those that look at the pods around them', () => {
  const { index, tell } = indexed();
  const affinity = { podAntiAffinity: {} };
  tell({ type: 'added', object: namedPod('a') });
  tell({ type: 'added', object: namedPod('b', { affinity }) });
  expect(names(index.lookingAtOthers())).toEqual(['b']);
  tell({ type: 'updated', old: namedPod('b', { affinity }), object: bound(namedPod('b', { affinity })) });
  expect(names(index.lookingAtOthers())).toEqual([]);
});
