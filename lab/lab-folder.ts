import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { explainSystemError, LabError } from './errors.ts';

/** Where a lab keeps what it knows: `.brokenprod` of the folder in which it was started. */
export interface LabFolder {
  /** The folder that the trainee works in. */
  workingDir: string;
  /** `.brokenprod` in it. */
  dir: string;
  engineFile: string;
  sessionFile: string;
  baselineFile: string;
  lockFile: string;
  kubeconfig: string;
  incident: string;
  logs: string;
  engineLog: string;
  auditLog: string;
  /** The API server's own audit log, of a cluster that the lab made, with its policy. */
  kubeAudit: string;
  images: string;
  verdicts: string;
  /** Seals this lab's bundles. */
  keyFile: string;
}

export function labFolder(workingDir: string): LabFolder {
  const dir = join(workingDir, '.brokenprod');
  return {
    workingDir,
    dir,
    engineFile: join(dir, 'engine.json'),
    sessionFile: join(dir, 'session.json'),
    baselineFile: join(dir, 'baseline.json'),
    lockFile: join(dir, 'lock.json'),
    kubeconfig: join(dir, 'kubeconfig'),
    incident: join(dir, 'incident'),
    logs: join(dir, 'logs'),
    engineLog: join(dir, 'logs', 'engine.log'),
    auditLog: join(dir, 'audit.jsonl'),
    kubeAudit: join(dir, 'kube-audit'),
    images: join(dir, 'images'),
    verdicts: join(dir, 'verdicts'),
    keyFile: join(dir, 'key'),
  };
}

/**
 * Writes a file so that a reader sees the old text or the new one, never half of it, also after a crash.
 * @throws LabError when the folder cannot be written or the disk is full
 */
export async function writeWhole(path: string, text: string | Uint8Array, mode = 0o644): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw explainSystemError(error, path);
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Reads a file of the lab and checks its shape; undefined when there is none.
 * @throws LabError when the file is not what the lab wrote
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw explainSystemError(error, path);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new LabError('STATE_UNREADABLE', { path }, { cause: error });
  }
}
