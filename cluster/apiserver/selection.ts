import type { AnyKind } from '../objects/kinds/kind.ts';
import { parseFieldSelector, parseLabelSelector } from '../objects/selector.ts';
import { badRequest } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';

/** Whether an object belongs to what a list or watch asked for. */
export type Selection = (object: KubeObject) => boolean;

/**
 * Reads namespace, name (of a watch only), `labelSelector` and `fieldSelector` of a list, watch or delete-collection.
 * @throws StatusError BadRequest for a selector that cannot be understood
 */
export function parseSelection({ kind, target, request }: ApiCall): Selection {
  const labels = request.query.get('labelSelector');
  const fields = request.query.get('fieldSelector');
  const tests: Selection[] = [];
  const { namespace, name } = target;
  if (namespace && kind.namespaced) tests.push((object) => object.metadata.namespace === namespace);
  if (name) tests.push((object) => object.metadata.name === name);
  if (labels) {
    const matches = parseLabelSelector(labels);
    tests.push((object) => matches(object.metadata.labels));
  }
  if (fields) {
    for (const { field, operator, value } of parseFieldSelector(fields)) {
      const read = fieldReader(kind, field);
      tests.push((object) => (read(object) === value) === (operator === '='));
    }
  }
  return (object) => tests.every((test) => test(object));
}

function fieldReader(kind: AnyKind, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name ?? '';
  if (field === 'metadata.namespace') return ({ metadata }) => metadata.namespace ?? '';
  const fields = kind.selectableFields;
  const read = fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (!read) throw badRequest(unknownField(kind, field));
  return read;
}

/** Kinds with fields of their own to select by say it in words of their own. */
function unknownField({ group, kind, selectableFields }: AnyKind, field: string): string {
  if (!selectableFields)
    return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
  if (group === 'batch') return `field label ${JSON.stringify(field)} not supported for batchv1.${kind}`;
  return `field label not supported: ${field}`;
}
