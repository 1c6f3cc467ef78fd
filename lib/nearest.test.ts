import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  const known = ['friday-afternoon', 'black-friday', 'hello'];

  it.each([
    ['frday-afternoon', 'friday-afternoon'],
    ['Friday-Afternoon', 'friday-afternoon'],
    ['friday', 'friday-afternoon'],
    ['helo', 'hello'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it('suggests nothing for a word that resembles none', () => {
    expect(nearest('tuesday', known)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});
