import { parseGroupVersion } from '../group-version.ts';
import { controllerOf } from '../owner-refs.ts';
import type { ControllerRevision } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue, nonNegative } from './field-error.ts';
import { canonicalJson } from '../hash.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

/** A template that a StatefulSet or DaemonSet has had; `kubectl rollout history` and `undo` read it. */
export const controllerRevision: KindDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  validate(object, old) {
    const errors = [...validateMetadata(object), ...nonNegative('revision', object.revision)];
    if (old && canonicalJson(old.data) !== canonicalJson(object.data)) {
      errors.push(invalidValue('data', object.data, 'field is immutable'));
    }
    return errors;
  },
  columns: [
    nameColumn,
    { name: 'Controller', cell: controllerText },
    { name: 'Revision', cell: ({ revision }) => revision },
    ageColumn,
  ],
};

function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const { group } = parseGroupVersion(owner.apiVersion);
  return `${owner.kind.toLowerCase()}${group && `.${group}`}/${owner.name}`;
}
