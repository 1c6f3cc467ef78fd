import { readFile } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { parse } from 'yaml';
import { array, boolean, object, optional, parse as check, string } from 'valibot';
import type { Change } from './diff.ts';
import type { Recording } from './recording.ts';

const schema = array(
  object({
    /** Glob for the case's name. */
    case: string(),
    /** Glob for the recording's name. */
    recording: string(),
    /** The lines that may differ, as a regular expression; without it, all may. */
    lines: optional(string()),
    /** Only where the pods were at another step than the recorded ones, as the watches of both runs show. */
    apart: optional(boolean(), false),
    reason: string(),
  }),
);

export interface KnownDifference {
  case: string;
  recording: string;
  lines?: RegExp;
  apart: boolean;
  reason: string;
}

/** @throws Error when the file is not of the shape that it should have */
export async function readKnownDifferences(path: string): Promise<KnownDifference[]> {
  const entries = check(schema, parse(await readFile(path, 'utf8')) ?? []);
  return entries.map(({ lines, ...entry }) => (lines ? { ...entry, lines: new RegExp(lines) } : entry));
}

/**
 * The reasons that together explain all changes; undefined when some change has none.
 * @param wereApart whether the pods were at another step than the recorded ones
 */
export function explain(
  recording: Recording,
  changes: readonly Change[],
  known: readonly KnownDifference[],
  wereApart: () => boolean,
): string[] | undefined {
  const candidates = known.filter(
    (entry) =>
      matchesGlob(recording.case, entry.case) &&
      matchesGlob(recording.name, entry.recording) &&
      (!entry.apart || wereApart()),
  );
  const reasons = new Set<string>();
  for (const { line } of changes) {
    const entry = candidates.find(({ lines }) => !lines || lines.test(line));
    if (!entry) return undefined;
    reasons.add(entry.reason);
  }
  return [...reasons];
}
