import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { explainSystemError, LabError } from './errors.ts';
import { readJson } from './lab-folder.ts';
import { identifySelf, isAlive, processIdentitySchema } from './process-identity.ts';

const lockSchema = z.object({ ...processIdentitySchema.shape, command: z.string() });
type Lock = z.infer<typeof lockSchema>;

/** How long somebody else's taking over of a dead process's lock is waited for at a time. */
const takeoverMs = 20;

/** Who changes the lab of this folder at the moment; undefined when nobody does. */
export async function lockHolder(lockFile: string): Promise<Lock | undefined> {
  const lock = await readJson(lockFile, lockSchema).catch(() => undefined);
  return lock && (await isAlive(lock)) ? lock : undefined;
}

/**
 * Lets one command at a time change the lab. A lock whose process died is taken over.
 * @param command what the others are told is going on
 * @throws LabError LAB_BUSY
 */
export async function takeLock(lockFile: string, command: string): Promise<AsyncDisposable> {
  const text = JSON.stringify({ ...(await identifySelf()), command });
  const draft = `${lockFile}.${randomUUID()}`;
  try {
    await makeFolder(dirname(lockFile));
    await writeFile(draft, text);
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await claim(draft, lockFile)) return { [Symbol.asyncDispose]: () => release(lockFile, text) };
      const holder = await lockHolder(lockFile);
      if (holder) throw new LabError('LAB_BUSY', holder);
      await removeStale(draft, lockFile);
    }
    throw new LabError('LAB_BUSY', { command: 'another command', pid: 0 });
  } catch (error) {
    throw explainSystemError(error, lockFile);
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Not `recursive`: on a read-only disk that only says that something does not exist. */
async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A link appears whole or not at all, so nobody ever reads an empty lock. */
async function claim(draft: string, lockFile: string): Promise<boolean> {
  try {
    await link(draft, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** One at a time removes the lock of a dead process, so that nobody takes a living one's away that has come since. */
async function removeStale(draft: string, lockFile: string): Promise<void> {
  const takeover = `${lockFile}.takeover`;
  if (!(await claim(draft, takeover))) {
    if (await lockHolder(takeover)) await sleep(takeoverMs);
    else await rm(takeover, { force: true });
    return;
  }
  try {
    if (!(await lockHolder(lockFile))) await rm(lockFile, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

async function release(lockFile: string, text: string): Promise<void> {
  const current = await readFile(lockFile, 'utf8').catch(() => undefined);
  if (current === text) await rm(lockFile, { force: true });
}
