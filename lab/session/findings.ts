import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { toTimestamp } from '../../lib/clock.ts';
import { LabError } from '../errors.ts';
import { writeWhole, type LabFolder } from '../lab-folder.ts';

const line = z.string().trim().max(2_000).default('');

/** What a trainee found, as `incident/findings.yaml` holds it; people may edit that file. */
export const foundSchema = z.strictObject({
  component: z.string().trim().min(1).max(100),
  kind: z.string().trim().min(1).max(100),
  symptom: line,
  rootCause: line,
  impact: line,
  severity: z.string().trim().max(20).default(''),
  fix: line,
  at: z.iso.datetime({ offset: true }).optional(),
});
export type Found = z.infer<typeof foundSchema>;

const maxFindings = 100;
const fileSchema = z.union([z.null().transform(() => []), z.array(foundSchema).max(maxFindings)]);

const heading = `# What you found. Component and kind are judged by "brokenprod grade", the rest is read by your instructor.
# kind: configuration, image, dependency, probe, networking, resources, code, chaos, or a word for the cause.
`;

export function findingsFile(folder: LabFolder): string {
  return join(folder.incident, 'findings.yaml');
}

/**
 * The findings of this lab; one without a time was found when the file was last written.
 * @throws LabError FINDINGS_UNREADABLE saying what is wrong in the file
 */
export async function readFindings(folder: LabFolder): Promise<(Found & { at: string })[]> {
  const path = findingsFile(folder);
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const found = fileSchema.safeParse(parse(text));
    if (!found.success) throw new LabError('FINDINGS_UNREADABLE', { path, why: z.prettifyError(found.error) });
    return found.data.map((finding) => ({ ...finding, at: finding.at ?? toTimestamp(mtimeMs) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if (error instanceof LabError) throw error;
    throw new LabError('FINDINGS_UNREADABLE', { path, why: (error as Error).message }, { cause: error });
  }
}

/** @throws LabError FINDINGS_UNREADABLE, TOO_MANY_FINDINGS, or when the folder can't be written */
export async function addFinding(folder: LabFolder, finding: Found, nowMs: number): Promise<number> {
  const before = await readFindings(folder);
  if (before.length >= maxFindings) throw new LabError('TOO_MANY_FINDINGS', { most: maxFindings });
  await writeFindings(folder, [...before, { ...finding, at: toTimestamp(nowMs) }]);
  return before.length + 1;
}

/**
 * @param number counted from 1, as `findings list` shows it
 * @throws LabError NO_SUCH_FINDING
 */
export async function removeFinding(folder: LabFolder, number: string): Promise<Found> {
  const before = await readFindings(folder);
  const index = /^\d+$/.test(number) ? Number(number) - 1 : -1;
  const removed = before[index];
  if (!removed) throw new LabError('NO_SUCH_FINDING', { number, known: before.length });
  await writeFindings(folder, before.toSpliced(index, 1));
  return removed;
}

async function writeFindings(folder: LabFolder, findings: readonly Found[]): Promise<void> {
  await writeWhole(findingsFile(folder), `${heading}${stringify(findings, { lineWidth: 0 })}`);
}
