import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { nearest } from '../lib/nearest.ts';

/** Something in a file that is not as the format asks, and where. */
export interface Problem {
  line: number;
  /** Such as `inject.patches[0].kind`; empty for the file as a whole. */
  field: string;
  message: string;
}

/** A document that was read, and where its fields stand, for those who find more to say about it. */
export interface Located<T> {
  value: T;
  lineOf: (path: readonly PropertyKey[]) => number;
}

/** A file that is not as the format asks; the message names each place. */
export class DocumentError extends Error {
  readonly problems: readonly Problem[];

  constructor(file: string, what: string, problems: readonly Problem[]) {
    const shown = isAbsolute(file) ? relative(process.cwd(), file) || file : file;
    const lines = problems.map(({ line, field, message }) => `  line ${line}${field && `, ${field}`}: ${message}`);
    super(`${shown} ${what}:\n${lines.join('\n')}`);
    this.name = 'DocumentError';
    this.problems = problems;
  }
}

/** @throws DocumentError when it is no YAML or not as the schema asks; Error when it can't be read */
export async function readDocument<T>(file: string, schema: z.ZodType<T>): Promise<Located<T>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      line: lineCounter.linePos(pos[0]).line,
      field: '',
      message,
    }));
    throw new DocumentError(file, 'is not valid YAML', problems);
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineCounter.linePos(offsetOf(document, path)).line || 1;
  const result = schema.safeParse(document.toJS());
  if (result.success) return { value: result.data, lineOf };
  const problems = result.error.issues.flatMap(mostLikely).map(({ path, ...issue }) => {
    const at = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
    return { line: lineOf(at), field: fieldName(at), message: messageOf(issue, schema, path) };
  });
  throw new DocumentError(file, 'is not as the format asks', problems);
}

/** Of the forms that a value could have, only what the nearest one misses; the others' complaints confuse. */
function mostLikely(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const known = issue.errors.filter((errors) => !errors.some(({ code }) => code === 'unrecognized_keys'));
  const nearest = (known.length > 0 ? known : issue.errors).toSorted((a, b) => a.length - b.length)[0] ?? [];
  return nearest.flatMap((inner) => mostLikely({ ...inner, path: [...issue.path, ...inner.path] }));
}

function messageOf(
  issue: { code?: string; message: string; keys?: string[] },
  schema: z.ZodType,
  path: readonly PropertyKey[],
): string {
  if (issue.code !== 'unrecognized_keys') {
    return issue.message.endsWith('received undefined') ? `is missing (${issue.message})` : issue.message;
  }
  const known = fieldsAt(z.toJSONSchema(schema, { io: 'input' }) as Schema, path);
  const instead = nearest(issue.keys?.[0] ?? '', known);
  return `unknown field${instead ? `; did you mean "${instead}"?` : ''} Known here: ${known.join(', ')}`;
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

function fieldsAt(schema: Schema | undefined, [key, ...rest]: readonly PropertyKey[]): string[] {
  if (!schema) return [];
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return [...new Set(forms.flatMap((form) => fieldsAt(form, key === undefined ? [] : [key, ...rest])))];
  if (key === undefined) return Object.keys(schema.properties ?? {});
  return fieldsAt(typeof key === 'number' ? schema.items : schema.properties?.[String(key)], rest);
}

/** Where a field begins; for one that is missing, what should hold it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}

/** A path as one would write it: `inject.patches[0].kind`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index ? '.' : ''}${String(key)}`))
    .join('');
}
