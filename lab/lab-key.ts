import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonical } from '../grader/bundle.ts';
import { LabError } from './errors.ts';
import { readJson, writeJson, writeWhole, type LabFolder } from './lab-folder.ts';

/** The lab's private key, made when it is first needed. */
export async function labKey(folder: LabFolder): Promise<string> {
  try {
    return await readFile(folder.keyFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeWhole(folder.keyFile, pem.toString(), 0o600);
  return pem.toString();
}

const sealedSchema = z.object({ contents: z.unknown(), seal: z.string() });

/**
 * Writes what gradings go by (hints used, how all was when it was well), so that a change by hand is noticed. As with a
 * bundle's signature: whoever has the lab's key can seal anew.
 * @throws LabError when the folder cannot be written
 */
export async function writeSealed(folder: LabFolder, path: string, contents: unknown): Promise<void> {
  const seal = sign(null, Buffer.from(canonical(contents)), createPrivateKey(await labKey(folder)));
  await writeJson(path, { contents, seal: seal.toString('base64') });
}

/**
 * What the lab sealed; undefined when there is no such file.
 * @throws LabError STATE_UNREADABLE when it is not as the lab wrote it
 */
export async function readSealed<T>(folder: LabFolder, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const sealed = await readJson(path, sealedSchema);
  if (!sealed) return undefined;
  const { contents, seal } = sealed;
  try {
    const key = createPublicKey(await readFile(folder.keyFile, 'utf8'));
    if (verify(null, Buffer.from(canonical(contents)), key, Buffer.from(seal, 'base64'))) return schema.parse(contents);
  } catch (error) {
    throw new LabError('STATE_UNREADABLE', { path }, { cause: error });
  }
  throw new LabError('STATE_UNREADABLE', { path });
}
