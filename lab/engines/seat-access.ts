import { applyObject, type Manifest } from '../../lib/kube/apply.ts';
import { isNotFound } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath } from '../../lib/kube/paths.ts';
import { labNamespaceOf } from './target.ts';

/** The account, and all that it is given. */
const name = 'brokenprod-trainee';
const labels = { 'app.kubernetes.io/part-of': 'brokenprod-access' };
const rbac = 'rbac.authorization.k8s.io';

export interface SeatToken {
  token: string;
  /** The cluster may shorten what was asked for. */
  expiresAt: string;
}

/**
 * What somebody without any other right on the cluster needs to play a seat: an account that may do in the seat's two
 * namespaces what their owner may, and set quotas in the shop's, as some incidents are about them.
 */
export function accessObjects(seat: string): Manifest[] {
  const labNamespace = labNamespaceOf(seat);
  const subjects = [{ kind: 'ServiceAccount', name, namespace: labNamespace }];
  const at = (namespace: string, own = name) => ({ name: own, namespace, labels });
  const quotas = `${name}-quotas`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: at(labNamespace) },
    ...[seat, labNamespace].map((namespace) => ({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: at(namespace),
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'admin' },
      subjects,
    })),
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: at(seat, quotas),
      rules: [{ apiGroups: [''], resources: ['resourcequotas', 'limitranges'], verbs: ['*'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: at(seat, quotas),
      roleRef: { apiGroup: rbac, kind: 'Role', name: quotas },
      subjects,
    },
  ];
}

/** Lets somebody play the seat. Doing it again is fine, and gives a new token. */
export async function grantAccess(kube: Kube, seat: string, validS: number): Promise<SeatToken> {
  const [account, ...rights] = accessObjects(seat) as [Manifest, ...Manifest[]];
  for (const object of [account, ...rights]) await applyObject(kube, object);
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: validS } };
  const { status } = await kube.create<{ status: { token: string; expirationTimestamp: string } }>(
    `${objectPath(account)}/token`,
    request,
  );
  return { token: status.token, expiresAt: status.expirationTimestamp };
}

/** Takes back what `grantAccess` gave; the tokens end with the account. */
export async function withdrawAccess(kube: Kube, seat: string): Promise<void> {
  for (const object of accessObjects(seat).toReversed()) {
    const collection = collectionPath(object.apiVersion, object.kind, object.metadata.namespace);
    const path = `${collection}/${object.metadata.name}`;
    try {
      const live = await kube.get<{ metadata: { labels?: Record<string, string> } }>(path);
      const isOurs = live.metadata.labels?.['app.kubernetes.io/part-of'] === labels['app.kubernetes.io/part-of'];
      if (isOurs) await kube.delete(path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
