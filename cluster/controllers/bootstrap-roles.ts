/**
 * The roles that every cluster has before anybody makes one: `cluster-admin`, and `admin`, `edit` and `view` to be
 * bound within a namespace.
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '../objects/types.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const reading = ['get', 'list', 'watch'];
const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];

function rule(
  apiGroups: string | readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
): PolicyRule {
  return { apiGroups: [apiGroups].flat(), resources: [...resources], verbs: [...verbs] };
}

const withStatus = (...resources: string[]) => resources.flatMap((resource) => [resource, `${resource}/status`]);

const viewRules = [
  rule(
    '',
    [
      'configmaps',
      'endpoints',
      'events',
      'serviceaccounts',
      'bindings',
      'limitranges',
      'pods/log',
      'replicationcontrollers/scale',
    ],
    reading,
  ),
  rule(
    '',
    withStatus('namespaces', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'services'),
    reading,
  ),
  rule(
    'apps',
    ['controllerrevisions', ...withStatus('daemonsets', 'deployments', 'replicasets', 'statefulsets')],
    reading,
  ),
  rule('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'], reading),
  rule('autoscaling', withStatus('horizontalpodautoscalers'), reading),
  rule('batch', withStatus('cronjobs', 'jobs'), reading),
  rule('discovery.k8s.io', ['endpointslices'], reading),
  rule('metrics.k8s.io', ['pods', 'nodes'], reading),
  rule('networking.k8s.io', ['networkpolicies', ...withStatus('ingresses')], reading),
  rule('policy', withStatus('poddisruptionbudgets'), reading),
];

const editRules = [
  rule('', ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], reading),
  rule('', ['serviceaccounts'], ['impersonate']),
  rule('', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], writing),
  rule('', ['pods/eviction', 'serviceaccounts/token'], ['create']),
  rule(
    '',
    ['configmaps', 'events', 'persistentvolumeclaims', 'secrets', 'serviceaccounts', 'services', 'services/proxy'],
    writing,
  ),
  rule('', ['replicationcontrollers', 'replicationcontrollers/scale'], writing),
  rule('apps', ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], writing),
  rule('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale', 'deployments/rollback'], writing),
  rule('autoscaling', ['horizontalpodautoscalers'], writing),
  rule('batch', ['cronjobs', 'jobs'], writing),
  rule('networking.k8s.io', ['ingresses', 'networkpolicies'], writing),
  rule('policy', ['poddisruptionbudgets'], writing),
];

const adminRules = [
  rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
  rule(rbacGroup, ['roles', 'rolebindings'], [...reading, ...writing]),
];

const discoveryUrls = ['/api', '/apis', '/openapi'].flatMap((url) => [url, `${url}/*`]);

export const builtInRoles: readonly ClusterRole[] = [
  clusterRole('cluster-admin', [rule(['*'], ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }]),
  clusterRole('admin', [...viewRules, ...editRules, ...adminRules], ['admin', 'edit', 'view']),
  clusterRole('edit', [...viewRules, ...editRules], ['edit', 'view']),
  clusterRole('view', viewRules, ['view']),
  clusterRole('system:basic-user', [
    rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
  ]),
  clusterRole('system:discovery', [
    { verbs: ['get'], nonResourceURLs: [...discoveryUrls, '/healthz', '/livez', '/readyz', '/version', '/version/'] },
  ]),
];

export const builtInBindings: readonly ClusterRoleBinding[] = [
  binding('cluster-admin', 'system:masters'),
  binding('system:basic-user', 'system:authenticated'),
  binding('system:discovery', 'system:authenticated'),
];

/** @param gathers the parts of `aggregate-to-…` labels by which roles made later become part of this one */
function clusterRole(name: string, rules: readonly PolicyRule[], gathers: readonly string[] = []): ClusterRole {
  const clusterRoleSelectors = gathers.map((part) => ({
    matchLabels: { [`${rbacGroup}/aggregate-to-${part}`]: 'true' },
  }));
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...(gathers.length > 0 ? { aggregationRule: { clusterRoleSelectors } } : {}),
    rules: [...rules],
  };
}

function binding(role: string, group: string): ClusterRoleBinding {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, labels },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbacGroup, kind: 'Group', name: group }],
  };
}
