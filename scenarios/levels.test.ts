import { expect, it } from 'vitest';
import { levels, levelTitle, readLevel } from './levels.ts';

it('a level is said by its word or its number, and nothing else is one', () => {
  expect(['1', '2', '3', '4'].map(readLevel)).toEqual(levels);
  expect(levels.map(readLevel)).toEqual(levels);
  expect(levels.map(levelTitle)).toEqual(['1 beginner', '2 intermediate', '3 advanced', '4 expert']);
  expect(['0', '5', '1.5', ' 1', '01', '', 'Expert', 'hard'].filter(readLevel)).toEqual([]);
});
