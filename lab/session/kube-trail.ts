import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newsOnly } from '../engines/audit-log.ts';
import { auditEntryOf } from '../engines/kube-audit.ts';
import { jsonLines } from './json-lines.ts';
import type { TrailEntry } from './trail.ts';

/**
 * What people did to the cluster, from the API server's own audit log; looks at the same thing count once a minute, as
 * on the embedded engine.
 * @returns undefined where the server wrote nothing at all, so that it can't be told from nobody having done anything
 */
export async function readKubeTrail(
  dir: string,
  { sinceMs, maxEntries }: { sinceMs: number; maxEntries: number },
): Promise<TrailEntry[] | undefined> {
  const isNews = newsOnly();
  const entries: TrailEntry[] = [];
  let isWritten = false;
  for (const file of await logFiles(dir)) {
    for await (const line of jsonLines(join(dir, file))) {
      const entry = auditEntryOf(line);
      isWritten ||= entry !== undefined;
      if (!entry || entry.atMs < sinceMs || entry.userAgent === '' || !isNews(entry)) continue;
      entries.push(entry);
      if (entries.length > maxEntries) entries.shift();
    }
  }
  return isWritten ? entries : undefined;
}

/** Those that were rotated bear their time, as in `audit-2026-11-21T17-20-46.123.log`, and are older than the one that does not. */
async function logFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  const rotated = names.filter((name) => /^audit-.*\.log$/.test(name)).toSorted();
  return [...rotated, 'audit.log'];
}
