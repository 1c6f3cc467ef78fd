/** Makes two runs comparable. Ages and counts are left in: they compare as ranges. */
import { byMask, createReferrer } from './references.ts';
import { requestLines } from './requests.ts';

/** A line with its references in place, and as it was printed. */
export interface Line {
  text: string;
  raw: string;
}

/** The lines that a command printed, in an order that doesn't depend on random names, with references for ids. */
export function normalise(command: string, text: string): Line[] {
  if (text === '') return [];
  if (command.includes(' -v=9')) return referenced(requestLines(text));
  if (/ (logs|attach) /.test(command)) return logLines(text);
  text = withoutDistribution(text);
  if (/ -o json/.test(command)) return referenced(sortedItems(text).split('\n'));
  if (command.endsWith(' -- env')) return referenced(text.split('\n').toSorted());
  if (/ rollout status /.test(command)) return referenced(withoutRepeats(text.split('\n')));
  return sortedRows(text.split('\n'));
}

/** The recorded cluster's distribution projects a certificate of its own into each pod. */
function withoutDistribution(text: string): string {
  return text
    .replaceAll(/ +ConfigMapName: +openshift-service-ca\.crt\n +(?:ConfigMap)?Optional: .*\n/g, '')
    .replaceAll(/ +- configMap:\n +items:\n +- key: service-ca\.crt\n.*\n +name: openshift-service-ca\.crt\n/g, '')
    .replaceAll(/,\s+\{\s+"configMap": \{\s+"items": \[[^\]]*\],\s+"name": "openshift-service-ca\.crt"\s+\}\s+\}/g, '');
}

function referenced(lines: readonly string[]): Line[] {
  const refer = createReferrer();
  return lines.map((raw) => ({ raw, text: refer(raw) }));
}

/**
 * Sorts the rows below each table's header. Rows of lists come in the order of random names, so each row has references
 * of its own; the events that end a description belong to the object above.
 */
function sortedRows(lines: readonly string[]): Line[] {
  const referAll = createReferrer();
  const sorted: Line[] = [];
  let rows: { lines: string[]; areOfList: boolean } | undefined;
  const flush = () => {
    for (const raw of rows?.lines.toSorted(byMask) ?? []) {
      sorted.push({ raw, text: rows?.areOfList ? createReferrer()(raw) : referAll(raw) });
    }
    rows = undefined;
  };
  for (const line of lines) {
    if (rows && line.trim() !== '') {
      rows.lines.push(line);
      continue;
    }
    flush();
    sorted.push({ raw: line, text: referAll(line) });
    const areOfList = /^(NAME|LAST SEEN|EVENT) /.test(line);
    if (areOfList || /^ +----  +------  +-+ +---- +-+/.test(line)) rows = { lines: [], areOfList };
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
  for (const { text: line } of referenced(text.split('\n'))) {
    const steady = line
      .replaceAll(/\b\d+ms\b/g, '<duration>')
      .replaceAll(/(cache size|rss) \d+ MB/g, '$1 <size>')
      .replaceAll(/kube-probe\/1\.\d+/g, 'kube-probe/<version>')
      .replaceAll(/<(ip|name|uid|container):\d+>/g, '<$1>');
    counts.set(steady, (counts.get(steady) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => ({ raw: line, text: count === 1 ? line : `${line}  ×${count}` }));
}
