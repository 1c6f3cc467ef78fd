import { canonicalJson } from '../hash.ts';
import { pathSegmentProblems } from '../names.ts';
import type { ClusterRoleBinding, RoleBinding } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue, oneOf, requiredValue } from './field-error.ts';
import type { Column, FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const group = 'rbac.authorization.k8s.io';

const columns: readonly Column<Binding>[] = [
  nameColumn,
  { name: 'Role', cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  ageColumn,
  { name: 'Users', wide: true, cell: (binding) => subjectNames(binding, 'User') },
  { name: 'Groups', wide: true, cell: (binding) => subjectNames(binding, 'Group') },
  { name: 'ServiceAccounts', wide: true, cell: (binding) => subjectNames(binding, 'ServiceAccount') },
];

export const roleBinding: KindDefinition<RoleBinding> = {
  group,
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  defaults: defaultBinding,
  validate: (object, old) => validateBinding(object, old, ['ClusterRole', 'Role']),
  columns,
};

export const clusterRoleBinding: KindDefinition<ClusterRoleBinding> = {
  group,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  defaults: defaultBinding,
  validate: (object, old) => validateBinding(object, old, ['ClusterRole']),
  columns,
};

function defaultBinding({ roleRef, subjects }: Binding): void {
  if (roleRef) roleRef.apiGroup ||= group;
  for (const subject of subjects ?? []) {
    if (subject.kind === 'ServiceAccount') subject.apiGroup ||= undefined;
    else subject.apiGroup ||= group;
  }
}

function validateBinding(object: Binding, old: Binding | undefined, roleKinds: readonly string[]): FieldError[] {
  const { roleRef, subjects } = object;
  const errors = validateMetadata(object, pathSegmentProblems);
  errors.push(...oneOf('roleRef.kind', roleRef?.kind, roleKinds));
  if (!roleRef?.name) errors.push(requiredValue('roleRef.name'));
  for (const [index, subject] of (subjects ?? []).entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) errors.push(requiredValue(`${at}.name`));
    errors.push(...oneOf(`${at}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']));
    if (subject.kind === 'ServiceAccount' && !subject.namespace) errors.push(requiredValue(`${at}.namespace`));
  }
  if (old && canonicalJson(old.roleRef) !== canonicalJson(roleRef)) {
    errors.push(invalidValue('roleRef', roleRef, 'cannot change roleRef'));
  }
  return errors;
}

function subjectNames({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ');
}
