import { z } from 'zod';
import type { Baseline } from '../../grader/baseline.ts';
import { LabError } from '../errors.ts';
import type { LabFolder } from '../lab-folder.ts';
import { readSealed, writeSealed } from '../lab-key.ts';

const baselineSchema = z.custom<Baseline>((value) => typeof value === 'object' && value !== null);

export async function writeBaseline(folder: LabFolder, baseline: Baseline): Promise<void> {
  await writeSealed(folder, folder.baselineFile, baseline);
}

/** @throws LabError STATE_UNREADABLE when there is none, or not as the lab wrote it */
export async function readBaseline(folder: LabFolder): Promise<Baseline> {
  const baseline = await readSealed(folder, folder.baselineFile, baselineSchema);
  if (!baseline) throw new LabError('STATE_UNREADABLE', { path: folder.baselineFile });
  return baseline;
}
