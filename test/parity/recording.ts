import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What one command printed, as it lies in a file: `$ command`, the text, and `# exit code N` where N is not 0. */
export interface Recording {
  case: string;
  /** File name without `.txt`; tells when the command ran (`t010_get_pods`, `50_set_image`). */
  name: string;
  /** Without `$ `. */
  command: string;
  text: string;
  exitCode: number;
  /** Seconds after apply at which it ended; only a replay says (`# at 12.3 s`). */
  atSeconds?: number;
}

type Content = Omit<Recording, 'case' | 'name'>;

/** The recordings of a case's folder, in the order of their names; files that hold no command are left out. */
export async function readRecordings(folder: string): Promise<Recording[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.txt'));
  const recordings: Recording[] = [];
  for (const file of files.toSorted(inNaturalOrder)) {
    const recording = parseRecording(await readFile(join(folder, file), 'utf8'));
    if (recording) recordings.push({ case: basename(folder), name: basename(file, '.txt'), ...recording });
  }
  return recordings;
}

/** Undefined when the file doesn't begin with a command. */
export function parseRecording(content: string): Content | undefined {
  const [first = '', ...lines] = content.split('\n');
  if (!first.startsWith('$ ')) return undefined;
  while (lines.at(-1) === '') lines.pop();
  const at = /^# at ([\d.]+) s$/.exec(lines.at(-1) ?? '');
  if (at) lines.pop();
  const ending = /^# exit code (\d+)$/.exec(lines.at(-1) ?? '');
  if (ending) lines.pop();
  while (lines.at(-1) === '') lines.pop();
  const command = first.slice(2).replace(/ +# each line.*/, '');
  const found: Content = { command, text: lines.join('\n'), exitCode: Number(ending?.[1] ?? 0) };
  return at ? { ...found, atSeconds: Number(at[1]) } : found;
}

export function formatRecording({ command, text, exitCode, atSeconds }: Content): string {
  const ending = exitCode ? `# exit code ${exitCode}\n` : '';
  const at = atSeconds === undefined ? '' : `# at ${atSeconds.toFixed(1)} s\n`;
  return `$ ${command}\n${text}${text && !text.endsWith('\n') ? '\n' : ''}${ending}${at}`;
}

/** Seconds after apply at which a command was recorded: `t010_…`, or `05_t15_…` inside a sequence. */
export function recordedAtSeconds(name: string): number | undefined {
  const match = /^(?:\d+_)?t(\d+)_/.exec(name);
  return match ? Number(match[1]) : undefined;
}

function inNaturalOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
