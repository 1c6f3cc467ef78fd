import type { Random } from './random.ts';

/** Any JSON value; at `depth` 0 a plain one. */
export function randomJson(random: Random, depth = 3): unknown {
  if (depth > 0 && random.chance(0.5)) {
    const entries = Array.from({ length: random.int(4) }, () => [randomKey(random), randomJson(random, depth - 1)]);
    return random.chance(0.5) ? entries.map(([, value]) => value) : objectOf(entries as [string, unknown][]);
  }
  return random.pick([null, true, false, 0, -1, 1.5, 1e21, 2 ** 53, '', random.text(), random.text()]);
}

/** The value with a few of its parts taken away, doubled, or replaced by something else. */
export function mutated(random: Random, value: unknown, probability = 0.05): unknown {
  if (random.chance(probability)) return randomJson(random);
  if (Array.isArray(value)) {
    const items = value.map((item) => mutated(random, item, probability));
    if (items.length > 0 && random.chance(probability)) items.push(items[0]);
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => !random.chance(probability / 2))
    .map(([key, item]): [string, unknown] => [key, mutated(random, item, probability)]);
  if (random.chance(probability)) entries.push([randomKey(random), randomJson(random)]);
  return objectOf(entries);
}

/** Bytes that are nearly the given ones: some changed, cut, doubled or put in. */
export function damaged(random: Random, bytes: Uint8Array): Buffer {
  let result = Buffer.from(bytes);
  for (let times = random.int(4); times > 0; times--) {
    const at = random.int(result.length + 1);
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    result = random.pick([
      () => Buffer.concat([head, random.bytes(random.int(4)), tail]),
      () => Buffer.concat([head, tail.subarray(random.int(8))]),
      () => Buffer.concat([head, tail, tail.subarray(0, 64)]),
      () => Buffer.from(head),
    ])();
  }
  return result;
}

function randomKey(random: Random): string {
  return random.chance(0.7)
    ? random.pick(['metadata', 'spec', 'status', 'name', 'labels', 'containers', '$patch', '__proto__', 'items'])
    : random.text();
}

/** Keeps a key `__proto__` as the own property that a parser makes of it. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}
