import { createWriteStream } from 'node:fs';
import type { AuditEntry } from '../../cluster/cluster.ts';

/** Some hundred thousand changes; a script gone wild must not fill the disk. */
const maxBytes = 64 * 1024 * 1024;

/** Writes down each change of the cluster, one JSON object a line. */
export function auditLog(path: string): (entry: AuditEntry) => void {
  const file = createWriteStream(path, { flags: 'a' });
  let written = 0;
  // Without its audit trail a lab still serves; a full disk shows elsewhere.
  file.on('error', () => (written = maxBytes));
  return (entry) => {
    const line = `${JSON.stringify(entry)}\n`;
    written += line.length;
    if (written <= maxBytes) file.write(line);
  };
}
