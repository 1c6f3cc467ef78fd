import { createWriteStream } from 'node:fs';
import type { AuditEntry } from '../../cluster/cluster.ts';

/** Some hundred thousand changes; a script gone wild must not fill the disk. */
const maxBytes = 64 * 1024 * 1024;

/** Who looks again and again is noted once in a while. */
const lookEveryMs = 60_000;
const maxLooked = 1_000;

/** Writes down each change of the cluster, and who looked at what, one JSON object a line. */
export function auditLog(path: string): (entry: AuditEntry) => void {
  const file = createWriteStream(path, { flags: 'a' });
  const isNews = newsOnly();
  let written = 0;
  // Without its audit trail a lab still serves; a full disk shows elsewhere.
  file.on('error', () => (written = maxBytes));
  return (entry) => {
    if (!isNews(entry)) return;
    const line = `${JSON.stringify(entry)}\n`;
    written += line.length;
    if (written <= maxBytes) file.write(line);
  };
}

/** Lets every change through, and of looks at the same thing one a minute. */
export function newsOnly(): (entry: AuditEntry) => boolean {
  const lookedAtMs = new Map<string, number>();
  return ({ verb, subresource, resource, userAgent, atMs }) => {
    if (!isLook(verb, subresource)) return true;
    const key = `${userAgent} ${resource} ${subresource ?? ''}`;
    if (atMs - (lookedAtMs.get(key) ?? -Infinity) < lookEveryMs) return false;
    if (lookedAtMs.size >= maxLooked) lookedAtMs.clear();
    lookedAtMs.set(key, atMs);
    return true;
  };
}

function isLook(verb: string, subresource = ''): boolean {
  return /^(get|list|watch)$/.test(verb) && !/^(exec|attach|portforward)$/.test(subresource);
}
