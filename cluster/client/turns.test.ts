import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const longerThanATurnMs = 12;

function work(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

it('lets short work go on at once', () => {
  const turns = createTurns();
  expect(turns.next()).toBeUndefined();
  expect(turns.next()).toBeUndefined();
});

it('lets the event loop turn between pieces of long work, which keep their order', async () => {
  const turns = createTurns();
  const begun: string[] = [];
  const atWork = ['a', 'b', 'c', 'd'].map(async (name) => {
    await turns.next();
    begun.push(name);
    work(longerThanATurnMs);
  });
  setImmediate(() => begun.push('the loop'));
  await Promise.all(atWork);
  expect(begun.filter((name) => name !== 'the loop')).toEqual(['a', 'b', 'c', 'd']);
  expect(begun.indexOf('the loop')).toBeLessThan(begun.indexOf('d'));
});
