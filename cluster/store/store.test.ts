import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../objects/types.ts';
import { createStore, type StoreEvent } from './store.ts';

const configMap = (name: string, data = {}): KubeObject & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});

describe('the store', () => {
  it('gives every change the next version, whatever the resource', () => {
    const store = createStore();
    store.put('configmaps', configMap('a'), undefined);
    store.put('secrets', configMap('b'), undefined);
    const live = store.get('configmaps', 'shop', 'a')!;
    expect(store.put('configmaps', live, '1')?.metadata.resourceVersion).toBe('3');
    expect(store.revision).toBe(3);
  });

  it('refuses a write that expects another version', () => {
    const store = createStore();
    store.put('configmaps', configMap('a'), undefined);
    expect(store.put('configmaps', configMap('a'), undefined)).toBeUndefined();
    expect(store.put('configmaps', configMap('a'), '7')).toBeUndefined();
    expect(store.delete('configmaps', configMap('a'), '7')).toBeUndefined();
    expect(store.revision).toBe(1);
  });

  it('freezes what it keeps, so that it can be shared', () => {
    const store = createStore();
    const stored = store.put('configmaps', configMap('a', { key: 'value' }), undefined) as
      | { data: { key: string } }
      | undefined;
    expect(() => (stored!.data.key = 'other')).toThrow(TypeError);
  });

  it('lists in the order of namespace and name', () => {
    const store = createStore();
    for (const name of ['c', 'a', 'b']) store.put('configmaps', configMap(name), undefined);
    expect(store.list('configmaps', 'shop').map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(store.list('configmaps', 'other')).toEqual([]);
  });

  it('replays the changes after a version and then follows', () => {
    const store = createStore();
    const events: StoreEvent[] = [];
    store.put('configmaps', configMap('a'), undefined);
    store.put('configmaps', configMap('b'), undefined);
    const stop = store.watch('configmaps', 1, (event) => events.push(event));
    store.delete('configmaps', configMap('b'), '2');
    stop?.();
    store.put('configmaps', configMap('c'), undefined);
    expect(
      events.map(({ type, object }) => `${type} ${object.metadata.name} ${object.metadata.resourceVersion}`),
    ).toEqual(['ADDED b 2', 'DELETED b 3']);
  });

  it('forgets old changes, and refuses to watch from before them', () => {
    const store = createStore({ historyLength: 2 });
    for (const name of ['a', 'b', 'c']) store.put('configmaps', configMap(name), undefined);
    expect(store.watch('configmaps', 0, () => {})).toBeUndefined();
    expect(store.watch('configmaps', 1, () => {})).toBeDefined();
    expect(store.watch('secrets', 0, () => {})).toBeDefined();
    expect(store.watch('configmaps', 4, () => {})).toBeUndefined();
  });
});
