/** Who asks, as the authorizer sees it. */
export interface User {
  name: string;
  groups: readonly string[];
}

/** Whoever is in this group may do everything. */
export const mastersGroup = 'system:masters';
export const authenticatedGroup = 'system:authenticated';

/** The one user that the kubeconfig's token stands for. */
export const administrator: User = { name: 'kubernetes-admin', groups: [mastersGroup, authenticatedGroup] };

const serviceAccountName = /^system:serviceaccount:([^:]+):([^:]+)$/;

export function serviceAccountUser(namespace: string, name: string): User {
  return userNamed(`system:serviceaccount:${namespace}:${name}`);
}

/** A user of this name with the groups that go with it: service accounts have some by their name alone. */
export function userNamed(name: string, groups: readonly string[] = []): User {
  const [, namespace] = serviceAccountName.exec(name) ?? [];
  const implied = namespace ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : [];
  return { name, groups: [...new Set([...(groups.length > 0 ? groups : implied), authenticatedGroup])] };
}

/** Namespace and name of the service account that a user name stands for. */
export function serviceAccountOf(userName: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = serviceAccountName.exec(userName) ?? [];
  return namespace && name ? { namespace, name } : undefined;
}
