import { diffLines, type Change } from './diff.ts';
import { normalise, type Line } from './normalise.ts';
import { cameLater, cells, linesMatch, oldestSeconds, type Lateness } from './ranges.ts';
import { recordedAtSeconds, type Recording } from './recording.ts';
import { compareWatches } from './watch.ts';

/**
 * What differs between a recording and its replay; empty when they say the same.
 * @param untilSeconds how long the replay watched, counted from apply
 */
export function compareRecordings(recorded: Recording, replayed: Recording, untilSeconds: number): Change[] {
  if (recorded.name.startsWith('watch_')) return compareWatches(recorded, replayed, untilSeconds);
  const expected = normalise(recorded.command, recorded.text);
  const actual = normalise(replayed.command, replayed.text);
  const late = lateness(recorded, replayed);
  const changes = diffLines(texts(expected), texts(actual), (a, b) => linesMatch(a, b, late)).filter(
    ({ side, line }) => side === '-' || !cameLater(line, late),
  );
  if (recorded.exitCode !== replayed.exitCode) {
    changes.push({ side: '-', line: `# exit code ${recorded.exitCode}` });
    changes.push({ side: '+', line: `# exit code ${replayed.exitCode}` });
  }
  return changes.length ? changes : widthChanges(expected, actual);
}

/**
 * A recording doesn't hold when it was asked beyond the moment in its name. In a sequence, what is oldest on both sides
 * is the same thing, and tells.
 */
function lateness(recorded: Recording, replayed: Recording): Lateness {
  const nominal = recordedAtSeconds(recorded.name);
  const isMoment = nominal !== undefined && replayed.atSeconds !== undefined;
  const from = isMoment ? nominal : oldestSeconds(recorded.text);
  const to = isMoment ? (replayed.atSeconds ?? 0) : oldestSeconds(replayed.text);
  return { seconds: Math.max(0, to - from), factor: Math.max(1, to / Math.max(from, 1)) };
}

function texts(lines: readonly Line[]): string[] {
  return lines.map(({ text }) => text);
}

/** Where all cells are as long as the recorded ones, so must the lines be: columns have the widths of a real cluster. */
function widthChanges(expected: readonly Line[], actual: readonly Line[]): Change[] {
  const cellLengths = (lines: readonly Line[]) =>
    JSON.stringify(lines.map(({ raw }) => cells(raw).map((cell) => cell.length)));
  const lengths = (lines: readonly Line[]) => lines.map(({ raw }) => raw.length);
  if (cellLengths(expected) !== cellLengths(actual)) return [];
  const [a, b] = [lengths(expected), lengths(actual)];
  const at = a.findIndex((length, i) => length !== b[i]);
  if (at < 0) return [];
  return [
    { side: '-', line: expected[at]!.raw },
    { side: '+', line: actual[at]!.raw },
  ];
}
