import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseBundle, sealBundle, type Bundle, type BundleParts, type KeptEvidence } from '../../grader/bundle.ts';
import type { Evidence } from '../../grader/evidence.ts';
import type { Verdict } from '../../grader/verdict.ts';
import type { RunningEngine } from '../engines/engine.ts';
import { LabError } from '../errors.ts';
import { writeWhole, type LabFolder } from '../lab-folder.ts';
import { labKey } from '../lab-key.ts';
import { project } from '../project.ts';
import type { SessionRecord } from './session-record.ts';

/** A bundle has some hundred KB; what unfolds to more than this was made to harm. */
const maxBytes = 64 * 1024 * 1024;

/** Seals a grading and keeps it beside its verdict. @returns the file @throws LabError when it can't be written */
export async function writeBundle(folder: LabFolder, parts: BundleParts): Promise<string> {
  const bundle = sealBundle(parts, await labKey(folder));
  const path = join(folder.verdicts, `${parts.verdict.finishedAt.replaceAll(':', '')}.bundle.json.gz`);
  await writeWhole(path, gzipSync(JSON.stringify(bundle)));
  return path;
}

/**
 * Reads a bundle, packed or not.
 * @returns in a sentence why it is none
 * @throws LabError BUNDLE_UNREADABLE when there is no such file
 */
export async function readBundle(path: string): Promise<Bundle | { problem: string }> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new LabError('BUNDLE_UNREADABLE', { path, why: (error as Error).message }, { cause: error });
  });
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const text = isPacked ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
    return parseBundle(text.toString('utf8'));
  } catch {
    return { problem: 'The file is cut off or damaged: it cannot be unpacked.' };
  }
}

/** The plan stays out: it holds the answers. */
export function keptEvidence({ runId, baseline, observed, trace }: Evidence): KeptEvidence {
  return { runId, baseline, observed, trace };
}

export async function packageVersion(): Promise<string> {
  const text = await readFile(join(project.root, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export async function bundleFacts(
  session: SessionRecord,
  engine: Pick<RunningEngine, 'name' | 'version'>,
  { finishedAt }: Verdict,
  shownAtMs: ReadonlyMap<string, number>,
): Promise<Bundle['facts']> {
  const { scenario, seed, faults, handedOverAt } = session;
  const made = { version: await packageVersion(), node: process.versions.node };
  return {
    ...made,
    engine: engine.name,
    engineVersion: engine.version,
    scenario,
    seed,
    faults,
    handedOverAt,
    gradedAt: finishedAt,
    shownAt: Object.fromEntries([...shownAtMs].map(([issue, atMs]) => [issue, new Date(atMs).toISOString()])),
  };
}
