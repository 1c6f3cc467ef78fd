import { canonicalJson } from '../hash.ts';
import { dnsSubdomainProblems, pathSegmentProblems } from '../names.ts';
import type { ClusterRoleBinding, RoleBinding } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { invalidValue, oneOf, problemsAt, requiredValue, unsupportedValue } from './field-error.ts';
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
  createsOnUpdate: true,
  defaults: defaultBinding,
  validate: (object, old) => validateBinding(object, old, ['Role', 'ClusterRole']),
  columns,
};

export const clusterRoleBinding: KindDefinition<ClusterRoleBinding> = {
  group,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  createsOnUpdate: true,
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
  errors.push(...oneOf('roleRef.apiGroup', roleRef?.apiGroup, [group]));
  errors.push(...oneOf('roleRef.kind', roleRef?.kind, roleKinds));
  if (!roleRef?.name) errors.push(requiredValue('roleRef.name'));
  for (const [index, subject] of (subjects ?? []).entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) errors.push(requiredValue(`${at}.name`));
    if (subject.kind === 'ServiceAccount') {
      if (subject.name) errors.push(...problemsAt(`${at}.name`, subject.name, dnsSubdomainProblems(subject.name)));
      if (subject.apiGroup) errors.push(unsupportedValue(`${at}.apiGroup`, subject.apiGroup, ['']));
      // Within a namespace, the binding's own is meant.
      if (!subject.namespace && object.kind === 'ClusterRoleBinding') errors.push(requiredValue(`${at}.namespace`));
    } else if (subject.kind === 'User' || subject.kind === 'Group') {
      errors.push(...oneOf(`${at}.apiGroup`, subject.apiGroup, [group]));
    } else errors.push(unsupportedValue(`${at}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']));
  }
  if (old && canonicalJson(old.roleRef) !== canonicalJson(roleRef)) {
    errors.push(invalidValue('roleRef', roleRef, 'cannot change roleRef'));
  }
  return errors;
}

function subjectNames({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
}
