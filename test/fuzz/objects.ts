import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { kinds } from '../../cluster/objects/kinds/index.ts';
import type { AnyKind } from '../../cluster/objects/kinds/kind.ts';
import { parseFieldType, type FieldType } from '../../cluster/objects/openapi/field-type.ts';
import { findKindModel, findModel } from '../../cluster/objects/openapi/models.ts';
import type { KubeObject } from '../../cluster/objects/types.ts';
import type { Random } from './random.ts';

const folder = new URL('../../k8s/', import.meta.url);

/** Objects that are as they should be: what the shop consists of. */
export const goodObjects: readonly KubeObject[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')))
  .map((document) => document.toJS() as KubeObject)
  .filter((object) => object?.kind);

/** An object of the kind whose fields are of the right types, and hold anything of them. */
export function randomObject(random: Random, kind: AnyKind): KubeObject {
  const model = findKindModel(kind.kind, kind.version);
  const fields = model ? (valueOf(random, { shape: 'model', name: model.name }, 'object', 0) as object) : {};
  return {
    ...fields,
    apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version,
    kind: kind.kind,
    metadata: { name: random.pick(['a', 'b', 'web', 'node-1']), ...randomMetadata(random) },
  };
}

export function pathOf(kind: AnyKind, namespace: string): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  return `${root}${kind.namespaced ? `/namespaces/${namespace}` : ''}/${kind.resource}`;
}

/** The kinds with whose objects a request can do everything. */
export const writableKinds = kinds.filter(({ verbs }) => !verbs || verbs.includes('update'));

function randomMetadata(random: Random): object {
  return {
    ...(random.chance(0.4) ? { labels: { app: random.pick(['web', 'db', '']) } } : {}),
    ...(random.chance(0.2) ? { annotations: { note: random.text() } } : {}),
    ...(random.chance(0.1) ? { finalizers: ['example.com/wait'] } : {}),
  };
}

function valueOf(random: Random, type: FieldType, field: string, depth: number): unknown {
  switch (type.shape) {
    case 'list':
      return Array.from({ length: random.int(3) }, () => valueOf(random, type.of, field, depth + 1));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: random.int(3) }, () => [
          textFor(random, 'key'),
          valueOf(random, type.of, field, depth + 1),
        ]),
      );
    case 'model': {
      const model = findModel(type.name);
      if (!model || depth > 7) return {};
      // Deep fields are rare, or every object would fail in its first one.
      const fields = [...model.fields.values()].filter((own) => own.required || random.chance(depth < 2 ? 0.7 : 0.25));
      return Object.fromEntries(
        fields
          .filter(({ name }) => !['apiVersion', 'kind', 'managedFields'].includes(name))
          .map(({ name, type: of }) => [name, valueOf(random, parseFieldType(of), name, depth + 1)]),
      );
    }
    case 'plain':
      return plainValue(random, type.type, field);
  }
}

function plainValue(random: Random, type: (FieldType & { shape: 'plain' })['type'], field: string): unknown {
  switch (type) {
    case 'any':
      return {};
    case 'int-or-string':
      return random.pick([0, 1, 3000, '25%', 'http', '-1%']);
    case 'number':
      return random.pick([0, 1, 2, 3, 80, 3000, -1, 2 ** 31 - 1, 2 ** 53]);
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return textFor(random, field);
  }
}

/** Text that often fits the field: with noise alone nothing would pass the first check. */
function textFor(random: Random, field: string): string {
  if (random.chance(0.1)) return random.text();
  if (/[tT]ime|Timestamp/.test(field))
    return random.pick(['2026-11-20T16:47:00Z', '2026-11-20T16:47:00.000001Z', 'now']);
  if (/^(requests|limits|hard|min|max|default|capacity|value)/.test(field)) {
    return random.pick(['1', '500m', '64Mi', '1.5', '0', '-1', '1e3', '10Ei', 'x']);
  }
  return random.pick([
    'a',
    'web',
    'node-1',
    'http',
    'TCP',
    'Always',
    'RollingUpdate',
    'In',
    'Exists',
    '10.43.0.17',
    '/x',
    '',
  ]);
}
