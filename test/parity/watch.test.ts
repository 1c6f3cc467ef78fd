import { describe, expect, it } from 'vitest';
import { compareWatches } from './watch.ts';

const watched = (...rows: [number, string][]) => ({
  case: 'a',
  name: 'watch_pods',
  command: 'kubectl get pods -w',
  exitCode: 0,
  text: rows.map(([at, row]) => `${at.toFixed(1).padStart(7)} ${row}`).join('\n'),
});
const pod = (end: string, state: string) => `web-7d9f8bcd4-${end}   ${state}   0   1s`;

describe('compareWatches', () => {
  const recorded = watched(
    [0.5, pod('bbbbb', '0/1   Pending')],
    [0.5, pod('bbbbb', '0/1   Pending')],
    [1, pod('bbbbb', '1/1   Running')],
    [40, pod('bbbbb', '0/1   Error')],
  );

  it('accepts the same states at about the same time, whatever the names', () => {
    const replayed = watched(
      [0.2, pod('zzzzz', '0/1   Pending')],
      [2, pod('zzzzz', '1/1   Running')],
      [47, pod('zzzzz', '0/1   Error')],
    );
    expect(compareWatches(recorded, replayed, 60)).toEqual([]);
  });

  it('finds a state that only one of them went through', () => {
    const replayed = watched([0.2, pod('zzzzz', '0/1   Pending')], [2, pod('zzzzz', '0/1   Error')]);
    expect(compareWatches(recorded, replayed, 60)).toContainEqual({ side: '-', line: 'web #1  1/1 Running' });
  });

  it('finds a state that comes much too early', () => {
    const replayed = watched(
      [0.2, pod('zzzzz', '0/1   Pending')],
      [2, pod('zzzzz', '1/1   Running')],
      [8, pod('zzzzz', '0/1   Error')],
    );
    expect(compareWatches(recorded, replayed, 60)).toContainEqual({ side: '+', line: 'web #1  0/1 Error at 8 s' });
  });

  it('does not ask for what may come after the end', () => {
    const replayed = watched([0.2, pod('zzzzz', '0/1   Pending')], [2, pod('zzzzz', '1/1   Running')]);
    expect(compareWatches(recorded, replayed, 45)).toEqual([]);
  });
});
