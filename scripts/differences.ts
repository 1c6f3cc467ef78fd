/**
 * Writes the list of differences in `cluster/README.md` from the `Differs:` comments of the source, so that what
 * the engine admits in its code and what it tells its users are the same. Run by `npm run docs`.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = join(root, 'cluster', 'README.md');
const marks = { begin: '<!-- differences: written by npm run docs -->', end: '<!-- /differences -->' };

/** The README's text as it should be, given what the source says today. */
export function currentReadme(): string {
  const text = readFileSync(readme, 'utf8');
  const begin = text.indexOf(marks.begin);
  const end = text.indexOf(marks.end);
  if (begin < 0 || end < begin) throw new Error(`${readme} has lost its marks ${marks.begin} … ${marks.end}`);
  return `${text.slice(0, begin)}${marks.begin}\n\n${table()}\n\n${text.slice(end)}`;
}

function table(): string {
  const files = globSync('cluster/**/*.{ts,cjs}', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const rows = files
    .toSorted((a, b) => a.localeCompare(b))
    .flatMap((file) => differences(file).map((text) => `| \`${file.slice('cluster/'.length)}\` | ${text} |`));
  return ['| where | what |', '|---|---|', ...rows].join('\n');
}

/** Each `Differs:` with the comment lines that carry it on, as one line of text. */
function differences(file: string): string[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const first = /(?:\*|\/\/).*?Differs: (.*)$/.exec(line)?.[1];
    if (first === undefined) return [];
    const parts = [first];
    for (const next of lines.slice(index + 1)) {
      const more = /^\s*(?:\*|\/\/)\s*([^\s/@].*)$/.exec(next)?.[1];
      if (parts.at(-1)?.includes('*/') || more === undefined) break;
      parts.push(more.trim());
    }
    return [
      parts
        .join(' ')
        .replace(/\s*\*\/\s*$/, '')
        .replaceAll('|', '\\|')
        .trim(),
    ];
  });
}

if (import.meta.main) writeFileSync(readme, currentReadme());
