import { describe, expect, it } from 'vitest';
import { dueFaults } from './rotation.ts';

const dayMs = 24 * 60 * 60 * 1000;
const ids = ['a', 'b', 'c', 'd', 'e'];

describe('the faults whose turn it is', () => {
  it('are others each day, until all have had theirs', () => {
    const days = [0, 1, 2].map((day) => dueFaults(ids, 2, day * dayMs, []));
    expect(days).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'e'],
    ]);
  });

  it('are joined by those that a change touches', () => {
    expect(dueFaults(ids, 1, 0, ['scenarios/faults/d/source/x.ts', 'README.md'])).toEqual(['a', 'd']);
  });

  it('are no more than so many of those, however large the change', () => {
    const changed = ['b', 'c', 'd'].map((id) => `scenarios/faults/${id}/fault.yaml`);
    expect(dueFaults(ids, 1, 0, changed)).toEqual(['a', 'b']);
    expect(dueFaults(ids, 1, dayMs, changed)).toEqual(['b', 'c']);
  });

  it('are all where there are no more than that', () => {
    expect(dueFaults(['a'], 3, 12 * dayMs, [])).toEqual(['a']);
  });
});
