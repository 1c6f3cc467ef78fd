import { core } from './tables/core.ts';
import { meta } from './tables/meta.ts';
import { pods } from './tables/pods.ts';
import { policies } from './tables/policies.ts';
import { reviews } from './tables/reviews.ts';
import { volumes } from './tables/volumes.ts';
import { workloads } from './tables/workloads.ts';

/**
 * Field numbers of the messages that clients send as protobuf: kubectl's own generators (`create deployment`, `debug`,
 * `create job --from` …) and programs in Go. Facts of the published `generated.proto` files; without the status, which
 * nobody sends so, and managed fields, which the server keeps itself.
 *
 * Notation of a field: number, name, type. `*` behind a type marks a Go pointer (a zero is kept), `[]` a list,
 * `{}` a map from string, `<` a struct that JSON has inline in its parent.
 */
const tables: Record<string, string> = { ...meta, ...core, ...pods, ...volumes, ...workloads, ...policies, ...reviews };

export interface FieldSpec {
  name: string;
  type: string;
  form: 'one' | 'list' | 'map' | 'inline';
  pointer: boolean;
}

export type MessageSpec = ReadonlyMap<number, FieldSpec>;

const parsed = new Map<string, MessageSpec>();

/** What the table calls the message of a kind; a version that differs from the others has one of its own. */
export function messageNameOf(apiVersion: string, kind: string): string {
  const own = `${kind}@${apiVersion}`;
  return own in tables ? own : kind;
}

/** The fields of a message by number, or undefined for a message that is not in the table. */
export function findMessage(name: string): MessageSpec | undefined {
  const table = tables[name];
  if (table === undefined) return undefined;
  const known = parsed.get(name);
  if (known) return known;
  const message = new Map(table.split(',').map(parseField));
  parsed.set(name, message);
  return message;
}

const forms = { '[]': 'list', '{}': 'map', '<': 'inline' } as const;

function parseField(text: string): [number, FieldSpec] {
  const [, number, name = '', mark = '', type = '', pointer] =
    /^\s*(\d+) (\w+) (\[\]|\{\}|<)?(\w+)(\*)?\s*$/.exec(text) ?? [];
  const form = mark ? forms[mark as keyof typeof forms] : 'one';
  return [Number(number), { name, type, form, pointer: pointer === '*' }];
}
