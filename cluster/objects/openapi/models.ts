/**
 * The shapes of the API's types, read when they are first asked for from the client library's generated
 * models: field names and types from the code, descriptions and required marks from its declarations.
 * Nothing else of the library is loaded (all of it would cost 0.4 s and 130 MB).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface ModelField {
  name: string;
  /** As the generator writes it: `string`, `Array<V1Container>`, `{ [key: string]: string; }` … */
  type: string;
  /** `int32`, `date-time`, `byte` … or empty. */
  format: string;
  required: boolean;
  description: string;
}

export interface Model {
  /** The generator's name: `V1Probe`. */
  name: string;
  description: string;
  fields: ReadonlyMap<string, ModelField>;
}

interface ModelClass {
  attributeTypeMap: { baseName: string; name: string; type: string; format: string }[];
}

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@kubernetes/client-node')), 'gen', 'models');
const known = new Map<string, Model | undefined>();

/** The model with the generator's name, or undefined for plain types (`string`, `any`, `IntOrString`). */
export function findModel(name: string): Model | undefined {
  if (!/^([A-Z][A-Za-z]*)?V\d/.test(name)) return undefined;
  if (!known.has(name)) known.set(name, load(name));
  return known.get(name);
}

/** The model of a kind; the library prefixes a few names that two groups share. */
export function findKindModel(kind: string, version: string): Model | undefined {
  const prefix = version[0]?.toUpperCase() + version.slice(1);
  return findFirst([`${prefix}${kind}`, `Core${prefix}${kind}`, `Authentication${prefix}${kind}`]);
}

function findFirst(names: readonly string[]): Model | undefined {
  for (const name of names) {
    const model = findModel(name);
    if (model) return model;
  }
  return undefined;
}

function load(name: string): Model | undefined {
  let declarations: string;
  try {
    declarations = readFileSync(join(folder, `${name}.d.ts`), 'utf8');
  } catch {
    return undefined;
  }
  const modelClass = (require(join(folder, `${name}.js`)) as Record<string, ModelClass>)[name];
  if (!modelClass) return undefined;
  const marks = readMarks(declarations);
  const fields = modelClass.attributeTypeMap.map((attribute): [string, ModelField] => {
    const mark = marks.get(attribute.name);
    const { baseName, type, format } = attribute;
    return [
      baseName,
      { name: baseName, type, format, required: mark?.required ?? false, description: mark?.description ?? '' },
    ];
  });
  return { name, description: classDescription(declarations), fields: new Map(fields) };
}

const fieldPattern = /(?:\/\*\*\s*\n((?:\s*\*[^\n]*\n)+?)\s*\*\/\s*\n)?\s+'([^']+)'(\??):/g;

function readMarks(declarations: string): Map<string, { description: string; required: boolean }> {
  const marks = new Map<string, { description: string; required: boolean }>();
  for (const [, comment = '', name = '', optional] of declarations.matchAll(fieldPattern)) {
    marks.set(name, { description: unComment(comment), required: optional === '' });
  }
  return marks;
}

function classDescription(declarations: string): string {
  const comment = /\/\*\*\s*\n((?:\s*\*[^\n]*\n)+?)\s*\*\/\s*\nexport declare class/.exec(declarations)?.[1];
  return comment ? unComment(comment) : '';
}

function unComment(comment: string): string {
  return comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\\(['"])/g, '$1')
    .trim();
}
