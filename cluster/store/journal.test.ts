import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../objects/types.ts';
import { DamagedJournalError } from './journal-files.ts';
import { openJournal, type Stored } from './journal.ts';
import { createStore } from './store.ts';

const newDir = () => mkdtempSync(join(tmpdir(), 'journal-'));
const configMap = (name: string, text = ''): KubeObject & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data: { text },
});
const journalIn = (dir: string) => join(dir, readdirSync(dir).find((name) => name.startsWith('journal')) ?? '');

describe('a store on disk', () => {
  it('goes on where its earlier life ended', () => {
    const dir = newDir();
    const first = createStore({ dir });
    first.put('configmaps', configMap('a'), undefined);
    first.put('configmaps', configMap('b', 'old'), undefined);
    first.put('configmaps', configMap('b', 'new'), '2');
    first.delete('configmaps', configMap('a'), '1');
    first.close();
    const second = createStore({ dir });
    expect(second.revision).toBe(4);
    expect(second.list('configmaps')).toMatchObject([
      { metadata: { name: 'b', resourceVersion: '3' }, data: { text: 'new' } },
    ]);
    expect(second.put('configmaps', configMap('c'), undefined)?.metadata.resourceVersion).toBe('5');
    expect(second.watch('configmaps', 3, () => {})).toBeUndefined();
    second.close();
  });

  it('drops a line that a crash cut off, and writes on behind the last whole one', () => {
    const dir = newDir();
    const first = createStore({ dir });
    first.put('configmaps', configMap('a'), undefined);
    first.close();
    appendFileSync(journalIn(dir), '12345678 {"resource":"configmaps","obj');
    const second = createStore({ dir });
    second.put('configmaps', configMap('b'), undefined);
    second.close();
    expect(
      createStore({ dir })
        .list('configmaps')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['a', 'b']);
  });

  it('refuses to open what was damaged before its end', () => {
    const dir = newDir();
    const store = createStore({ dir });
    for (const name of ['a', 'b']) store.put('configmaps', configMap(name), undefined);
    store.close();
    const text = readFileSync(journalIn(dir), 'utf8');
    writeFileSync(journalIn(dir), text.replace('"a"', '"x"'));
    expect(() => createStore({ dir })).toThrow(DamagedJournalError);
  });

  it('leaves the object as it was when the write fails', () => {
    const dir = newDir();
    const store = createStore({ dir });
    store.put('configmaps', configMap('a', 'old'), undefined);
    store.close();
    expect(() => store.put('configmaps', configMap('a', 'new'), '1')).toThrow('the store is closed');
    expect(store.get('configmaps', 'shop', 'a')).toMatchObject({ data: { text: 'old' } });
    expect(store.revision).toBe(1);
  });

  it('stays small however often objects change, and a crash at any step of that loses nothing', async () => {
    const dir = newDir();
    const objects = new Map<string, Stored>();
    const errors: unknown[] = [];
    const open = () =>
      openJournal({
        dir,
        objects: () => [...objects.values()],
        compactBytes: 20_000,
        onError: (error) => errors.push(error),
      });
    let { journal } = open();
    for (let revision = 1; revision <= 2000; revision++) {
      const object = configMap(`c${revision % 7}`, 'x'.repeat(100));
      const stored = {
        resource: 'configmaps',
        object: { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } },
      };
      objects.set(`${revision % 7}`, stored);
      journal.append(stored);
      if (revision % 40 === 0) await wait(1);
      if (revision % 333 !== 0) continue;
      // It may be in the middle of a snapshot.
      journal[Symbol.dispose]();
      ({ journal } = open());
    }
    await wait(20);
    const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size);
    expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(60_000);
    expect(open().recovered).toMatchObject({ revision: 2000, objects: { length: 7 } });
    expect(errors).toEqual([]);
  });

  it('holds every object in a snapshot, also the one whose change made it due', async () => {
    const dir = newDir();
    const store = createStore({ dir });
    const names = Array.from({ length: 60 }, (_, index) => `c${index}`).toSorted();
    for (const name of names) store.put('configmaps', configMap(name, 'x'.repeat(100_000)), undefined);
    const isFolded = () => readdirSync(dir).some((name) => /^snapshot-\d+\.jsonl$/.test(name));
    await vi.waitUntil(isFolded, { timeout: 10_000, interval: 5 });
    store.close();
    const reopened = createStore({ dir });
    expect(reopened.list('configmaps').map(({ metadata }) => metadata.name)).toEqual(names);
    reopened.close();
  });

  it('loses no acknowledged write to a kill -9', async () => {
    const dir = newDir();
    const writer = join(dir, 'writer.mjs');
    writeFileSync(
      writer,
      `import { writeSync } from 'node:fs';
       import { createStore } from ${JSON.stringify(new URL('store.ts', import.meta.url).href)};
       const store = createStore({ dir: ${JSON.stringify(join(dir, 'store'))} });
       for (let n = store.revision; ; n++) {
         const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' + n % 50 }, data: { n: String(n) } };
         const old = store.get('configmaps', undefined, object.metadata.name);
         const put = store.put('configmaps', object, old?.metadata.resourceVersion);
         writeSync(1, put.metadata.resourceVersion + '\\n');
         if (n % 100 === 0) await new Promise(setImmediate);
       }`,
    );
    let acknowledged = 0;
    for (let life = 0; life < 3; life++) {
      const child = spawn(process.execPath, [writer], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      const killedAfter = acknowledged + 170 + life * 30;
      child.stdout.on('data', (chunk: Buffer) => {
        printed = (printed + chunk.toString()).slice(-200);
        if (Number(printed.split('\n').at(-2)) > killedAfter) child.kill('SIGKILL');
      });
      await once(child, 'close');
      acknowledged = Number(printed.split('\n').at(-2));
      const store = createStore({ dir: join(dir, 'store') });
      expect(store.revision).toBeGreaterThanOrEqual(acknowledged);
      expect(store.get('configmaps', undefined, `c${(acknowledged - 1) % 50}`)).toMatchObject({
        data: { n: String(acknowledged - 1) },
      });
      store.close();
    }
    expect(acknowledged).toBeGreaterThan(500);
  });

  it('cuts nothing off that holds', () => {
    const dir = newDir();
    const store = createStore({ dir });
    for (const name of ['a', 'b', 'c']) store.put('configmaps', configMap(name), undefined);
    store.close();
    const whole = statSync(journalIn(dir)).size;
    truncateSync(journalIn(dir), whole - 1);
    const reopened = createStore({ dir });
    expect(reopened.list('configmaps')).toHaveLength(2);
    reopened.close();
  });
});
