/** Which rules apply to a user, by the roles that bindings give. */
import { matchesLabels } from '../../objects/selector.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../objects/types.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../authentication/user.ts';

const group = 'rbac.authorization.k8s.io';

type Subject = NonNullable<RoleBinding['subjects']>[number];

/** Rules of one binding, and by what words they came to apply. */
export interface Grant {
  rules: readonly PolicyRule[];
  /** `RoleBinding "b/shop" of Role "r" to User "u"`. */
  reason: string;
}

export interface Grants {
  grants: Grant[];
  /** Roles that are bound and do not exist, in the server's words. */
  problems: string[];
}

/** All that is granted to the user: everywhere, and within `namespace` when there is one. */
export function grantsFor(user: User, namespace: string | undefined, store: Store): Grants {
  const result: Grants = { grants: [], problems: [] };
  for (const object of store.list(`clusterrolebindings.${group}`)) {
    collect(object as ClusterRoleBinding, undefined, { user, store, result });
  }
  if (!namespace) return result;
  for (const object of store.list(`rolebindings.${group}`, namespace)) {
    collect(object as RoleBinding, namespace, { user, store, result });
  }
  return result;
}

function collect(
  binding: RoleBinding | ClusterRoleBinding,
  namespace: string | undefined,
  { user, store, result }: { user: User; store: Store; result: Grants },
): void {
  const subject = binding.subjects?.find((one) => isSubject(one, user, namespace));
  if (!subject) return;
  const { kind, name } = binding.roleRef;
  const rules = kind === 'Role' ? rulesOfRole(store, namespace, name) : rulesOfClusterRole(store, name);
  if (!rules) {
    result.problems.push(`${kind.toLowerCase()}.${group} "${name}" not found`);
    return;
  }
  const where = namespace
    ? `RoleBinding "${binding.metadata.name}/${namespace}"`
    : `ClusterRoleBinding "${binding.metadata.name}"`;
  const account =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
  result.grants.push({ rules, reason: `${where} of ${kind} "${name}" to ${subject.kind} "${account}"` });
}

function isSubject(subject: Subject, user: User, bindingNamespace: string | undefined): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  const namespace = subject.namespace ?? bindingNamespace;
  return user.name === `system:serviceaccount:${namespace}:${subject.name}`;
}

function rulesOfRole(store: Store, namespace: string | undefined, name: string): readonly PolicyRule[] | undefined {
  const role: Role | undefined = store.get(`roles.${group}`, namespace, name);
  return role && (role.rules ?? []);
}

/**
 * The role's rules with those of the roles that it gathers by label.
 * Differs: they are gathered when somebody asks; `get clusterrole` shows the role's own rules only.
 */
function rulesOfClusterRole(store: Store, name: string): readonly PolicyRule[] | undefined {
  const role: ClusterRole | undefined = store.get(`clusterroles.${group}`, undefined, name);
  if (!role) return undefined;
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return role.rules ?? [];
  const gathered = (store.list(`clusterroles.${group}`) as readonly ClusterRole[])
    .filter(({ metadata }) => metadata.name !== name)
    .filter(({ metadata }) => selectors.some((selector) => matchesLabels(selector, metadata.labels)));
  return [role, ...gathered].flatMap(({ rules }) => rules ?? []);
}
