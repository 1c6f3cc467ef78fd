/**
 * What chance decides (names, ids, addresses, times) becomes a reference, numbered by first appearance, so that the same
 * id stays the same reference.
 */

const ids = new RegExp(
  [
    /(?<container>[a-z]+:\/\/[0-9a-f]{64})/,
    /(?<hash>(?:sha256:)?[0-9a-f]{64})/,
    /(?<uid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/,
    /(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| \+0000))/,
    /(?<date>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000)/,
    /(?<klog>(?<=^E)\d{4} \d\d:\d\d:\d\d\.\d+ +\d+)/,
    /(?<server>https:\/\/127\.0\.0\.1:\d+)/,
    /(?<ip>\b(?!127\.0\.0\.1\b|0\.0\.0\.0\b)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)/,
    /(?<version>(?<="?resourceVersion"?[:=] ?"?)\d+)/,
    /(?<temporary>(?<=kubectl-edit-|LIVE-|MERGED-)\d+)/,
    // What a ReplicaSet's name and its pods' names have of the template: the engine hashes in another way.
    /(?<template>(?<=[a-z0-9]-|pod-template-hash"?[:=] ?"?)[bcdfghjklmnpqrstvwxz2456789]{6,10}(?![a-z0-9]))/,
    // The random end of a generated name: five of the letters that make no words.
    /(?<name>(?<=[a-z0-9]-)[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9-]))/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'g',
);

/** Kinds of which only the fact that one stands there is compared. */
const unnumbered = new Set(['time', 'date', 'version', 'server', 'temporary', 'klog']);

/** Replaces ids by references; one such function remembers what it has seen. */
export type Referrer = (line: string) => string;

export function createReferrer(): Referrer {
  const seen = new Map<string, string>();
  const counts: Record<string, number> = {};
  const refer = (kind: string, value: string) => {
    if (unnumbered.has(kind)) return `<${kind}>`;
    const known = seen.get(value);
    if (known) return known;
    const reference = `<${kind}:${(counts[kind] = (counts[kind] ?? 0) + 1)}>`;
    seen.set(value, reference);
    return reference;
  };
  return (line) => sortLists(replaceIds(line.trimEnd(), refer));
}

function replaceIds(line: string, refer: (kind: string, value: string) => string): string {
  return line.replaceAll(ids, (...match: unknown[]) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    const [kind, value] = Object.entries(groups).find((entry) => entry[1] !== undefined)!;
    return refer(kind, value!);
  });
}

/** Endpoints come in the order of the pods' random names: a list of references is a set. */
function sortLists(line: string): string {
  return line.replaceAll(/<ip:\d+>(?::\d+)?(?:,<ip:\d+>(?::\d+)?)+/g, (list) => list.split(',').toSorted().join(','));
}

/** With ids and ages out of sight, for sorting what random names and the same second put in any order. */
function masked(line: string): string {
  return replaceIds(line, (kind) => `<${kind}>`)
    .replaceAll(/\b\d+[smhd](\d+[smh])?\b/g, '')
    .replaceAll(/\(x\d+ over \)/g, '')
    .replaceAll(/\s+/g, ' ');
}

/** Rows that say the same keep their order, which is that of time where the table has one. */
export function byMask(a: string, b: string): number {
  const [x, y] = [masked(a), masked(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}
