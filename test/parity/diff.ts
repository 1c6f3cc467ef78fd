/** One line that only one of two texts has. */
export interface Change {
  side: '-' | '+';
  line: string;
}

/** The fewest changes that make `a` into `b` (longest common subsequence under `same`). */
export function diffLines(
  a: readonly string[],
  b: readonly string[],
  same: (a: string, b: string) => boolean,
): Change[] {
  let start = 0;
  while (start < Math.min(a.length, b.length) && same(a[start]!, b[start]!)) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && same(a.at(-1 - end)!, b.at(-1 - end)!)) end++;
  return walk(a.slice(start, a.length - end), b.slice(start, b.length - end), same);
}

function walk(a: readonly string[], b: readonly string[], same: (a: string, b: string) => boolean): Change[] {
  // lengths[i][j]: the longest common subsequence of a from i and b from j.
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] = same(a[i]!, b[j]!)
        ? 1 + lengths[i + 1]![j + 1]!
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i]!, b[j]!)) [i, j] = [i + 1, j + 1];
    else if (j === b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      changes.push({ side: '-', line: a[i++]! });
    } else changes.push({ side: '+', line: b[j++]! });
  }
  return changes;
}
