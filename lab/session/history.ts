import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verdictSchema, type Verdict } from '../../grader/verdict.ts';

/** Of more gradings than this the oldest are forgotten. */
const maxVerdicts = 500;

/**
 * The gradings of this lab since its hand-over, oldest first. A file that is no verdict, or one of another time, is
 * passed over.
 */
export async function readHistory(dir: string, sinceMs: number): Promise<Verdict[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const newest = names
    .filter((name) => /^[\dT.Z-]+\.json$/.test(name))
    .toSorted()
    .slice(-maxVerdicts);
  const read = await Promise.all(newest.map(async (name) => parseVerdict(await readFile(join(dir, name), 'utf8'))));
  return read.flatMap((verdict) => (verdict && Date.parse(verdict.startedAt) >= sinceMs ? [verdict] : []));
}

function parseVerdict(text: string): Verdict | undefined {
  try {
    return verdictSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** When each issue's cause was first shown, which a report does once the issue has passed. */
export function answeredAt(history: readonly Verdict[]): Map<string, number> {
  const answered = new Map<string, number>();
  for (const { finishedAt, issues } of history) {
    for (const { id, cause } of issues) {
      if (cause !== undefined && !answered.has(id)) answered.set(id, Date.parse(finishedAt));
    }
  }
  return answered;
}
