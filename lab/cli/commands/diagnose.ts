import { resolve } from 'node:path';
import { diagnose as collect } from '../../session/diagnose.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

const mostLines = 25;

/** A folder to look through, or to hand on. */
export async function diagnose(invocation: Invocation, { out }: { out?: string }): Promise<void> {
  const diagnosis = await collect(labHere(invocation), out === undefined ? undefined : resolve(out));
  if (invocation.json) {
    printJson(diagnosis);
    return;
  }
  const { dir, files, bytes, odd, missing } = diagnosis;
  const more = odd.length > mostLines ? [`… and ${odd.length - mostLines} more in summary.txt`] : [];
  print(odd.length > 0 ? 'What looks odd:' : 'Nothing looks odd from outside; the logs may tell more.');
  for (const line of [...odd.slice(0, mostLines), ...more]) print(`  ${line}`);
  if (missing.length > 0) print(`Not to be had: ${missing.join('; ')}`);
  print(`\n${files.length} files (${Math.ceil(bytes / 1024)} KiB), secrets redacted: ${dir}`);
}
