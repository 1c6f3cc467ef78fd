import { mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { KubeObject } from '../objects/types.ts';
import { AppendFile, encodeLine, fileAt, type Line, listByRevision, readLines, removeBefore } from './journal-files.ts';

/** One object as the store holds it. */
export interface Stored {
  resource: string;
  object: KubeObject;
}

/** What a journal says of one change: the object as it is now, or as it was when it was deleted. */
type Change = Stored & { deleted?: true };

/** An object that an earlier life left, as text: reading all of them would keep a large cluster waiting. */
export interface Recovered {
  resource: string;
  read(): KubeObject;
}

/** What a line begins with. */
interface Head {
  resource: string;
  namespace?: string | undefined;
  name?: string | undefined;
  revision: number;
  deleted?: true | undefined;
}

/** Where a store keeps its changes, so that another life of it can go on. */
export interface Journal extends Disposable {
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
  /** The journal is folded into a snapshot when it's larger than this and than the snapshot. Default: 4 MiB. */
  compactBytes?: number;
  onError: (error: unknown) => void;
}

const objectsPerTurn = 100;

/**
 * Opens the journal in a folder: a snapshot and the changes since, as lines of JSON with checksums. What the lines
 * hold is checked now and read when it is asked for.
 * @throws DamagedJournalError, or the file system's error
 */
export function openJournal({ dir, objects, compactBytes = 4 << 20, onError }: JournalOptions): {
  journal: Journal;
  /** What the earlier life left. */
  recovered: { revision: number; objects: readonly Recovered[] };
} {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const recovered = recover(dir);
  let { snapshotBytes, journalBytes } = recovered;
  let revision = recovered.revision;
  let file = new AppendFile(recovered.journal.file, recovered.journal.bytes);
  let compacting = false;
  let isClosed = false;

  /**
   * The journal goes on in a new file while the objects, which never change, are written down in turns. It begins before
   * a change, when `objects` holds all that was told so far.
   */
  async function compact(): Promise<void> {
    compacting = true;
    journalBytes = 0;
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

  const journal: Journal = {
    append(change) {
      if (isClosed) throw new Error('the store is closed');
      if (!compacting && journalBytes > Math.max(compactBytes, snapshotBytes)) void compact();
      journalBytes += file.append(lineOf(change));
      revision = revisionOf(change);
    },
    [Symbol.dispose]() {
      isClosed = true;
      file[Symbol.dispose]();
    },
  };
  return { journal, recovered };
}

function recover(dir: string) {
  const snapshot = listByRevision(dir, 'snapshot').at(-1);
  const from = snapshot?.revision ?? 0;
  removeBefore(dir, from);
  const byKey = new Map<string, Line<Head>>();
  let revision = from;
  const read = snapshot ? readLines<Head>(snapshot.file) : { lines: [], bytes: 0 };
  for (const line of read.lines) byKey.set(keyOf(line.head), line);
  let journal = { file: fileAt(dir, 'journal', from), bytes: 0 };
  let journalBytes = 0;
  for (const { file } of listByRevision(dir, 'journal')) {
    const { lines, bytes } = readLines<Head>(file);
    for (const line of lines) {
      revision = line.head.revision;
      if (line.head.deleted) byKey.delete(keyOf(line.head));
      else byKey.set(keyOf(line.head), line);
    }
    journal = { file, bytes };
    journalBytes += bytes;
  }
  const objects = [...byKey.values()].map(({ head: { resource }, text }): Recovered => ({
    resource,
    read: () => JSON.parse(text.toString()) as KubeObject,
  }));
  return { revision, objects, journal, journalBytes, snapshotBytes: read.bytes };
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
          .map(lineOf)
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

function lineOf(change: Change): string {
  const { namespace, name } = change.object.metadata;
  const head: Head = {
    resource: change.resource,
    namespace,
    name,
    revision: revisionOf(change),
    deleted: change.deleted,
  };
  return encodeLine(head, change.object);
}

function revisionOf({ object }: Stored): number {
  return Number(object.metadata.resourceVersion);
}

function keyOf({ resource, namespace = '', name }: Head): string {
  return `${resource}\n${namespace}\n${name}`;
}
