import { readdir } from 'node:fs/promises';
import type { EngineEnd } from '../engines/engine.ts';
import { lockHolder } from '../lock.ts';
import { endProcess } from '../process-identity.ts';
import { clearState, isKeepsake } from './clear.ts';
import type { Lab } from './lab.ts';
import { readSession } from './session-record.ts';
import { workspaceDigest } from './workspace.ts';

export interface Stopped extends EngineEnd {
  /** Whether there was any lab. */
  wasThere: boolean;
  /** Names in `.brokenprod` that were left: the trainee's own work. */
  kept: string[];
}

const interruptWithinMs = 3_000;

/**
 * Ends the lab of this folder, whatever state it is in, and removes what it left. Work of the trainee stays: a changed
 * workspace and the verdicts.
 * @param purge removes these as well
 */
export async function stopLab({ folder, engine, clock }: Lab, purge: boolean): Promise<Stopped> {
  const holder = await lockHolder(folder.lockFile);
  if (holder && holder.pid !== process.pid) await endProcess(holder, clock, interruptWithinMs, 'SIGINT');
  const before = await readdir(folder.dir).catch(() => []);
  const session = await readSession(folder).catch(() => undefined);
  const end = await engine.down();
  const isChanged = (await workspaceDigest(folder.incident)) !== session?.workspaceDigest;
  const keep = (name: string): boolean => !purge && (isKeepsake(name) || (name === 'incident' && isChanged));
  await clearState(folder, keep);
  return { ...end, wasThere: end.engine !== 'gone' || session !== undefined, kept: before.filter(keep) };
}
