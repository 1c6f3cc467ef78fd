import { z } from 'zod';
import { LabError } from '../errors.ts';
import type { Engine, RunningEngine } from '../engines/engine.ts';
import { usualHistoryS } from './break-shop.ts';
import type { LabFolder } from '../lab-folder.ts';
import { readSealed, writeSealed } from '../lab-key.ts';

/** What the lab remembers of a running scenario, in `session.json`. */
const sessionSchema = z.object({
  format: z.literal(1),
  scenario: z.string(),
  /** Those of a scenario that was made around them: a drill, a random incident. */
  faults: z.array(z.string()).default([]),
  engine: z.string(),
  seed: z.string().nullable(),
  /** How long the healthy shop runs before a fault that comes with a history, seconds. */
  historyS: z.number().default(usualHistoryS),
  namespace: z.string(),
  entrance: z.string(),
  startedAt: z.string(),
  handedOverAt: z.string(),
  /** Of the workspace as it was written, to tell whether the trainee changed it. */
  workspaceDigest: z.string(),
  /** How each fault was shown to be there before the lab was handed over. */
  proof: z.array(z.object({ fault: z.string(), by: z.enum(['symptom', 'configuration']), observed: z.string() })),
  hints: z.array(z.object({ issue: z.string(), index: z.int(), at: z.string() })),
  /** Emergency returns to earlier revisions. */
  rollbacks: z.array(z.object({ at: z.string(), deployments: z.array(z.string()) })).default([]),
});
export type SessionRecord = z.infer<typeof sessionSchema>;

export function readSession(folder: LabFolder): Promise<SessionRecord | undefined> {
  return readSealed(folder, folder.sessionFile, sessionSchema);
}

export async function writeSession(folder: LabFolder, record: SessionRecord): Promise<void> {
  await writeSealed(folder, folder.sessionFile, record);
}

/** How things stand in a folder, whatever happened to it. */
export type LabState =
  | { kind: 'none' }
  | { kind: 'half-started' }
  | { kind: 'lost'; session: SessionRecord }
  | { kind: 'running'; session: SessionRecord; engine: RunningEngine };

export async function readLabState(folder: LabFolder, engine: Engine): Promise<LabState> {
  const [session, state] = await Promise.all([readSession(folder), engine.state()]);
  if (!session) return state.kind === 'none' ? { kind: 'none' } : { kind: 'half-started' };
  return state.kind === 'running' ? { kind: 'running', session, engine: state.engine } : { kind: 'lost', session };
}

/**
 * The lab of this folder, for commands that need one.
 * @throws LabError NO_LAB, LAB_HALF_STARTED or ENGINE_DEAD
 */
export async function requireLab(
  folder: LabFolder,
  engine: Engine,
): Promise<{ session: SessionRecord; engine: RunningEngine }> {
  const state = await readLabState(folder, engine);
  switch (state.kind) {
    case 'none':
      throw new LabError('NO_LAB', { dir: folder.workingDir });
    case 'half-started':
      throw new LabError('LAB_HALF_STARTED', { dir: folder.workingDir });
    case 'lost':
      throw new LabError('ENGINE_DEAD', { dir: folder.workingDir });
    case 'running':
      return { session: state.session, engine: state.engine };
  }
}
