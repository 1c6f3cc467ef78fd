/**
 * Makes two runs comparable: what chance decides (names, ids, addresses, times) becomes a reference, numbered by first
 * appearance, so that the same id stays the same reference. Ages and counts are left in: they compare as ranges.
 */

/** A line with its references in place, and as it was printed. */
export interface Line {
  text: string;
  raw: string;
}

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

/** The lines that a command printed, in an order that doesn't depend on random names, with references for ids. */
export function normalise(command: string, text: string): Line[] {
  if (/ (logs|attach) /.test(command)) return logLines(text);
  text = withoutDistribution(text);
  if (/ -o json/.test(command)) return references(sortedItems(text).split('\n'));
  if (command.endsWith(' -- env')) return references(text.split('\n').toSorted());
  if (/ rollout status /.test(command)) return references(withoutRepeats(text.split('\n')));
  return references(sortRows(text.split('\n')));
}

/** The recorded cluster's distribution projects a certificate of its own into each pod. */
function withoutDistribution(text: string): string {
  return text
    .replaceAll(/ +ConfigMapName: +openshift-service-ca\.crt\n +ConfigMapOptional: .*\n/g, '')
    .replaceAll(/ +- configMap:\n +items:\n +- key: service-ca\.crt\n.*\n +name: openshift-service-ca\.crt\n/g, '')
    .replaceAll(/,\s+\{\s+"configMap": \{\s+"items": \[[^\]]*\],\s+"name": "openshift-service-ca\.crt"\s+\}\s+\}/g, '');
}

function references(lines: readonly string[]): Line[] {
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
  return lines.map((raw) => ({ raw, text: sortLists(replaceIds(raw.trimEnd(), refer)) }));
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
function byMask(a: string, b: string): number {
  const [x, y] = [masked(a), masked(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Sorts the rows below each table's header (`NAME …`, `LAST SEEN …`, or the rule under `Events:`). */
function sortRows(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let rows: string[] | undefined;
  const flush = () => {
    if (rows) sorted.push(...rows.toSorted(byMask));
    rows = undefined;
  };
  for (const line of lines) {
    if (rows && line.trim() !== '') {
      rows.push(line);
      continue;
    }
    flush();
    sorted.push(line);
    if (/^(NAME|LAST SEEN|EVENT) /.test(line) || /^ +----  +------  +-+ +---- +-+/.test(line)) rows = [];
  }
  flush();
  return sorted;
}

function sortedItems(text: string): string {
  let list: { items?: { metadata: { name: string } }[] };
  try {
    list = JSON.parse(text) as typeof list;
  } catch {
    return text;
  }
  list.items?.sort((a, b) => byMask(a.metadata.name, b.metadata.name));
  return JSON.stringify(list, undefined, 4);
}

/** How often a watch says the same again depends on how updates happen to fall together. */
function withoutRepeats(lines: readonly string[]): string[] {
  return lines.filter((line, i) => line !== lines[i - 1]);
}

/** Logs: each distinct line once, in the order of first appearance, with how often it came (`×3`). */
function logLines(text: string): Line[] {
  const counts = new Map<string, number>();
  for (const { text: line } of references(text.split('\n'))) {
    const steady = line
      .replaceAll(/\b\d+ms\b/g, '<duration>')
      .replaceAll(/(cache size|rss) \d+ MB/g, '$1 <size>')
      .replaceAll(/kube-probe\/1\.\d+/g, 'kube-probe/<version>')
      .replaceAll(/<(ip|name|uid|container):\d+>/g, '<$1>');
    counts.set(steady, (counts.get(steady) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => ({ raw: line, text: count === 1 ? line : `${line}  ×${count}` }));
}
