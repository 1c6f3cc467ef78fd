import { mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { KubeObject } from '../objects/types.ts';
import { AppendFile, encodeLine, fileAt, listByRevision, readLines, removeBefore } from './journal-files.ts';

/** One object as the store holds it. */
export interface Stored {
  resource: string;
  object: KubeObject;
}

/** What a journal says of one change: the object as it is now, or as it was when it was deleted. */
type Change = Stored & { deleted?: true };

/** Where a store keeps its changes, so that another life of it can go on. */
export interface Journal extends Disposable {
  /** What the earlier life left. */
  readonly recovered: { revision: number; objects: readonly Stored[] };
  /**
   * Keeps a change; when it returns, a kill -9 can't take it back.
   * Differs: it isn't forced onto the disk, so a power cut may take the last seconds.
   * @throws the file system's error: the change must not be made then
   */
  append(change: Change): void;
}

export interface JournalOptions {
  dir: string;
  /** All that the store holds now. */
  objects: () => Stored[];
  /** The journal is folded into a snapshot when it's larger than this and than twice the snapshot. Default: 4 MiB. */
  compactBytes?: number;
  onError: (error: unknown) => void;
}

const objectsPerTurn = 100;

/**
 * Opens the journal in a folder: a snapshot and the changes since, as lines of JSON with checksums.
 * @throws DamagedJournalError, or the file system's error
 */
export function openJournal({ dir, objects, compactBytes = 4 << 20, onError }: JournalOptions): Journal {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const recovered = recover(dir);
  let { snapshotBytes } = recovered;
  let revision = recovered.revision;
  let file = new AppendFile(recovered.journal.file, recovered.journal.bytes);
  let compacting = false;
  let isClosed = false;

  /** The journal goes on in a new file while the objects, which never change, are written down in turns. */
  async function compact(): Promise<void> {
    compacting = true;
    const upTo = revision;
    try {
      const kept = objects();
      const next = new AppendFile(fileAt(dir, 'journal', upTo));
      file[Symbol.dispose]();
      file = next;
      snapshotBytes = await writeSnapshot(dir, upTo, kept, () => isClosed);
    } catch (error) {
      onError(error);
    } finally {
      compacting = false;
    }
  }

  return {
    recovered,
    append(change) {
      if (isClosed) throw new Error('the store is closed');
      file.append(encodeLine(change));
      revision = Number(change.object.metadata.resourceVersion);
      if (!compacting && file.bytes > Math.max(compactBytes, 2 * snapshotBytes)) void compact();
    },
    [Symbol.dispose]() {
      isClosed = true;
      file[Symbol.dispose]();
    },
  };
}

function recover(dir: string) {
  const snapshot = listByRevision(dir, 'snapshot').at(-1);
  const from = snapshot?.revision ?? 0;
  removeBefore(dir, from);
  const byKey = new Map<string, Stored>();
  let revision = from;
  const read = snapshot ? readLines(snapshot.file) : { values: [], bytes: 0 };
  for (const stored of read.values as Stored[]) byKey.set(keyOf(stored), stored);
  let journal = { file: fileAt(dir, 'journal', from), bytes: 0 };
  for (const { file } of listByRevision(dir, 'journal')) {
    const { values, bytes } = readLines(file);
    for (const change of values as Change[]) {
      revision = Number(change.object.metadata.resourceVersion);
      if (change.deleted) byKey.delete(keyOf(change));
      else byKey.set(keyOf(change), change);
    }
    journal = { file, bytes };
  }
  return { revision, objects: [...byKey.values()], journal, snapshotBytes: read.bytes };
}

/** @returns the size of the snapshot */
async function writeSnapshot(
  dir: string,
  revision: number,
  kept: readonly Stored[],
  isClosed: () => boolean,
): Promise<number> {
  const path = fileAt(dir, 'snapshot', revision);
  const file = await open(`${path}.new`, 'w', 0o600);
  let bytes = 0;
  try {
    for (let at = 0; at < kept.length; at += objectsPerTurn) {
      if (isClosed()) return 0;
      const block = Buffer.from(
        kept
          .slice(at, at + objectsPerTurn)
          .map(encodeLine)
          .join(''),
      );
      await file.writeFile(block);
      bytes += block.length;
      await turn();
    }
  } finally {
    await file.close();
  }
  if (isClosed()) return 0;
  renameSync(`${path}.new`, path);
  removeBefore(dir, revision);
  return bytes;
}

function keyOf({ resource, object }: Stored): string {
  return `${resource}\n${object.metadata.namespace ?? ''}\n${object.metadata.name}`;
}
