import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Who may import whom: the whole policy. The longest matching folder counts; a folder may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  services: [],
  'cluster/objects': ['lib'],
  'cluster/store': ['cluster/objects', 'lib'],
  'cluster/apiserver': ['cluster/objects', 'cluster/store', 'lib'],
  'cluster/client': ['cluster/objects', 'cluster/apiserver/request-handler.ts', 'lib'],
  'cluster/controllers': ['cluster/client', 'cluster/objects', 'lib'],
  'cluster/runtime': ['lib'],
  'cluster/network': ['cluster/client', 'cluster/objects', 'cluster/runtime/preload', 'lib'],
  'cluster/kubelet': [
    'cluster/client',
    'cluster/objects',
    'cluster/runtime',
    'cluster/network',
    'cluster/apiserver/node-proxy.ts',
    'lib',
  ],
  'cluster/cluster.ts': ['cluster', 'lib'],
  'cluster/cluster-files.ts': [],
  scenarios: ['lib'],
  grader: ['lib'],
  // The two small ones spare commands that only tidy up or build an image the whole engine.
  lab: ['scenarios', 'grader', 'cluster/cluster.ts', 'cluster/leftovers.ts', 'cluster/runtime/images.ts', 'lib'],
  'cluster/leftovers.ts': ['cluster/runtime', 'lib'],
  scripts: ['lib', 'lab/images', 'scenarios'],
};

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function policyOf(file: string): [string, readonly string[]] | undefined {
  return Object.entries(mayImport)
    .filter(([folder]) => isWithin(file, folder))
    .toSorted(([a], [b]) => b.length - a.length)[0];
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier]) => normalize(join(dirname(file), specifier!)));
}

describe('the layers', () => {
  const folders = ['lib', 'services', 'cluster', 'scenarios', 'grader', 'lab', 'scripts'];
  const files = folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => !file.endsWith('.test.ts') && !/\/(testing|test)[-/]/.test(file));

  it('import only downwards', () => {
    const wrong = files.flatMap((file) => {
      const [folder, allowed] = policyOf(file) ?? ['', []];
      return importsOf(file)
        .filter((target) => ![folder, ...allowed].some((other) => isWithin(target, other)))
        .map(
          (target) =>
            `${file} imports ${relative('.', target)}; ${folder} may import: ${allowed.join(', ') || 'nothing'}`,
        );
    });
    expect(wrong).toEqual([]);
  });

  it('cover every source folder', () => {
    expect(files.filter((file) => !policyOf(file))).toEqual([]);
  });
});
