/** `kubectl get … -w` with the seconds since apply in front of each line, as the recordings have it. */
import { diffLines, type Change } from './diff.ts';
import type { Recording } from './recording.ts';

interface WatchedRow {
  atSeconds: number;
  name: string;
  /** The cells that count as the state: without name, restarts and age. */
  state: string;
}

/** The state of a pod as a row of `kubectl get pods` shows it. */
export interface PodRow {
  name: string;
  ready: string;
  status: string;
  restarts: number;
}

export function parsePodRow(line: string): PodRow | undefined {
  const match = /^(?:(?:ADDED|MODIFIED|DELETED) +)?(\S+) +(\d+\/\d+) +(\S+) +(\d+) /.exec(line);
  if (!match) return undefined;
  return { name: match[1]!, ready: match[2]!, status: match[3]!, restarts: Number(match[4]) };
}

/** Compares the states that each object went through, in order, and roughly when. */
export function compareWatches(recorded: Recording, replayed: Recording, untilSeconds: number): Change[] {
  const expected = histories(recorded.text);
  const actual = histories(replayed.text);
  const changes: Change[] = [];
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const [from, to] = alignedStart(expected.get(name) ?? [], actual.get(name) ?? []);
    changes.push(...compareHistory(name, from, to, untilSeconds));
  }
  return changes;
}

/** Distinct states one after the other, for each object (its random end left out). */
function histories(text: string): Map<string, WatchedRow[]> {
  const found = new Map<string, WatchedRow[]>();
  for (const line of text.split('\n')) {
    const row = parseRow(line);
    if (!row) continue;
    const rows = found.get(row.name) ?? [];
    if (rows.at(-1)?.state !== row.state) rows.push(row);
    found.set(row.name, rows);
  }
  return byKind(found);
}

function parseRow(line: string): WatchedRow | undefined {
  const match = /^ *(-?\d+\.\d) (.*)$/.exec(line);
  const row = match?.[2]?.replace(/ \(\S+ ago\)/, '').replace(/^(ADDED|MODIFIED) +/, '');
  const [name, ...cells] = row?.trim().split(/ +/) ?? [];
  if (!match || !name || /^(NAME|EVENT|LAST|DELETED)$/.test(name)) return undefined;
  // Pods: ready, status. Deployments: ready, up to date, available. ReplicaSets: desired, current, ready.
  const state = cells[0]!.includes('/') && Number.isNaN(Number(cells[1])) ? cells.slice(0, 2) : cells.slice(0, 3);
  return { atSeconds: Number(match[1]), name, state: state.join(' ') };
}

/** Pods of one Deployment are numbered by when they came. */
function byKind(found: ReadonlyMap<string, WatchedRow[]>): Map<string, WatchedRow[]> {
  const named = new Map<string, WatchedRow[]>();
  for (const [name, rows] of found) {
    const kind = name.replace(/(-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '');
    let number = 1;
    while (named.has(`${kind} #${number}`)) number++;
    named.set(`${kind} #${number}`, rows);
  }
  return named;
}

/** One watch may have begun a moment later than the other: the first states may be on one side only. */
function alignedStart(
  expected: readonly WatchedRow[],
  actual: readonly WatchedRow[],
): [readonly WatchedRow[], readonly WatchedRow[]] {
  const late = expected.findIndex(({ state, atSeconds }) => state === actual[0]?.state && atSeconds < 2);
  const early = actual.findIndex(({ state, atSeconds }) => state === expected[0]?.state && atSeconds < 2);
  return [expected.slice(Math.max(late, 0)), actual.slice(late > 0 ? 0 : Math.max(early, 0))];
}

function compareHistory(
  name: string,
  expected: readonly WatchedRow[],
  actual: readonly WatchedRow[],
  untilSeconds: number,
): Change[] {
  const states = (rows: readonly WatchedRow[]) => rows.map((row) => `${name}  ${row.state}`);
  // Near the end of the watch a state may have come on one side only.
  const sure = (rows: readonly WatchedRow[]) =>
    rows.filter((row) => row.atSeconds < Math.min(untilSeconds - 5, 0.7 * untilSeconds)).length;
  const length = Math.max(sure(expected), sure(actual), Math.min(expected.length, actual.length));
  const changes = diffLines(states(expected.slice(0, length)), states(actual.slice(0, length)), (a, b) => a === b);
  return changes.length ? changes : moments(name, expected, actual);
}

/** States that came at another time than jitter explains. */
function moments(name: string, expected: readonly WatchedRow[], actual: readonly WatchedRow[]): Change[] {
  return actual.flatMap((row, i): Change[] => {
    const wanted = expected[i];
    if (!wanted || near(wanted.atSeconds, row.atSeconds)) return [];
    return [
      { side: '-', line: `${name}  ${wanted.state} at ${wanted.atSeconds} s` },
      { side: '+', line: `${name}  ${row.state} at ${row.atSeconds} s` },
    ];
  });
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(5, 0.4 * Math.max(a, b));
}
