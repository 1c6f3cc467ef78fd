/** A stream of choices that its seed decides, so that what a fuzzer found can be run again. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer from 0 to `below` - 1. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Buffer;
  /** Short text in which what parsers trip over is frequent. */
  text(): string;
}

const ordinary = [
  'a',
  'web',
  '0',
  '1',
  '-',
  '--',
  '.',
  '/',
  ',',
  '=',
  '==',
  '!=',
  '!',
  '(',
  ')',
  ' in ',
  ' notin ',
  '<',
];
const special = [
  '\0',
  '\n',
  ' ',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  '$',
  '%',
  '%2F',
  '~',
  '~1',
  '*',
  '&',
  ':',
  '|',
  '#',
];
const foreign = [
  'é',
  '漢',
  '😀',
  '\u{d800}',
  '\u{202e}',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '1e9',
  '-0',
  'NaN',
];
const pieces = [...ordinary, ...special, ...foreign];

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  const pick = <T>(items: readonly T[]): T => items[int(items.length)] as T;
  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(256))),
    text: () => Array.from({ length: int(5) }, () => pick(pieces)).join(''),
  };
}
