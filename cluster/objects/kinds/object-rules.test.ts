/** What a server says of objects that are wrong in one way or another, kind by kind. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../types.ts';
import { findByKind } from './index.ts';

const selector = { matchLabels: { app: 'web' } };
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

/** `kind` as `kubectl` takes it: with its group and version, if it has one. */
function problems([apiVersion, name]: readonly [string, string], fields: object): string[] {
  const object = { apiVersion, kind: name, metadata: { name: 'web' }, ...structuredClone(fields) } as KubeObject;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const kind = findByKind(group, version, name);
  kind?.defaults?.(object);
  return (kind?.validate?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (type: string, data: object = {}) => ({ type: `kubernetes.io/${type}`, data });
const ports = [{ port: 80 }];
const service = ['v1', 'Service'] as const;
const deployment = ['apps/v1', 'Deployment'] as const;
const statefulSet = ['apps/v1', 'StatefulSet'] as const;
const volume = ['v1', 'PersistentVolume'] as const;
const goodVolume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };
const rbac = 'rbac.authorization.k8s.io/v1';

it.each<[string, readonly [string, string], object, string[]]>([
  [
    'a token without its account',
    ['v1', 'Secret'],
    secret('service-account-token'),
    ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  ],
  [
    'a login without user and password',
    ['v1', 'Secret'],
    secret('basic-auth'),
    ['data[username]: Required value', 'data[password]: Required value'],
  ],
  ['a login with a user only', ['v1', 'Secret'], secret('basic-auth', { username: '' }), []],
  [
    'a registry’s login that is no JSON',
    ['v1', 'Secret'],
    secret('dockerconfigjson', { '.dockerconfigjson': base64('user') }),
    [
      `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'u' looking for beginning of value`,
    ],
  ],
  [
    'an unknown strategy',
    deployment,
    { spec: { selector, template, strategy: { type: 'Slow' } } },
    [
      'spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'a selector that nobody can read',
    deployment,
    { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] }, template } },
    [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Is"}]}: invalid label selector',
    ],
  ],
  [
    'a set of one pod a node that ends',
    ['apps/v1', 'DaemonSet'],
    { spec: { selector, template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } } } },
    ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported'],
  ],
  [
    'policies of a StatefulSet that there are not',
    statefulSet,
    { spec: { selector, template, podManagementPolicy: 'Slow', updateStrategy: { type: 'Slow' } } },
    [
      `spec.podManagementPolicy: Invalid value: "Slow": must be 'OrderedReady' or 'Parallel'`,
      `spec.updateStrategy: Invalid value: {"Type":"Slow","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
    ],
  ],
  [
    'a partition of what waits for its pods to be deleted',
    statefulSet,
    { spec: { selector, template, updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } } },
    [
      `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
  ],
  [
    'a port that is there twice',
    service,
    { spec: { ports: ['a', 'b'].map((name) => ({ name, port: 80 })) } },
    [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    'a port of the node without an address',
    service,
    { spec: { type: 'NodePort', clusterIP: 'None', ports } },
    [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`],
  ],
  [
    'callers that stay for no time',
    service,
    { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } }, ports } },
    [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
  ],
  [
    'addresses of a family that the cluster has not',
    service,
    { spec: { ipFamilies: ['IPv6'], ipFamilyPolicy: 'RequireDualStack', ports } },
    [
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
  ],
  [
    'a volume that is nowhere and holds nothing',
    volume,
    {},
    [
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  [
    'a disk of no node',
    volume,
    { spec: { ...goodVolume, local: { path: '/disk' } } },
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  [
    'a volume in two places',
    volume,
    { spec: { ...goodVolume, hostPath: { path: '/a' }, nfs: { server: 'a', path: '/' } } },
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'a claim for one pod and for all',
    ['v1', 'PersistentVolumeClaim'],
    { spec: { accessModes: ['ReadWriteOncePod', 'ReadWriteMany'], resources: { requests: { storage: '1Gi' } } } },
    ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
  ],
  [
    'half a pod, and scopes that exclude each other',
    ['v1', 'ResourceQuota'],
    { spec: { hard: { pods: '1.5' }, scopes: ['BestEffort', 'NotBestEffort'] } },
    [
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ],
  [
    'processor time of pods that ask for none',
    ['v1', 'ResourceQuota'],
    { spec: { hard: { cpu: '2' }, scopes: ['BestEffort'] } },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
  [
    'limits of no kind, and a ratio below one',
    ['v1', 'LimitRange'],
    { spec: { limits: [{ type: 'Box' }, { type: 'Pod', maxLimitRequestRatio: { cpu: '0.5' } }] } },
    [
      'spec.limits[0].type: Invalid value: "Box": must be a standard limit type or fully qualified',
      'spec.limits[1].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1',
    ],
  ],
  [
    'a budget of both kinds',
    ['policy/v1', 'PodDisruptionBudget'],
    { spec: { minAvailable: 1, maxUnavailable: 1, selector } },
    [
      'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"web"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
  ],
  [
    'a class with a name of the system’s',
    ['scheduling.k8s.io/v1', 'PriorityClass'],
    { metadata: { name: 'system-mine' }, value: 1 },
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
    ],
  ],
  [
    'a role for paths in a namespace',
    [rbac, 'Role'],
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }] },
    ['rules[0].nonResourceURLs: Invalid value: ["/metrics"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  [
    'subjects and roles of nobody’s',
    [rbac, 'RoleBinding'],
    { roleRef: { apiGroup: 'x', kind: 'Part', name: 'a' }, subjects: [{ kind: 'User', name: 'a', apiGroup: 'x' }] },
    [
      'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
      'roleRef.kind: Unsupported value: "Part": supported values: "Role", "ClusterRole"',
      'subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
    ],
  ],
  [
    'an account of every namespace that does not say which',
    [rbac, 'ClusterRoleBinding'],
    { roleRef: { kind: 'ClusterRole', name: 'a' }, subjects: [{ kind: 'ServiceAccount', name: 'a' }] },
    ['subjects[0].namespace: Required value'],
  ],
  [
    'an event that lies elsewhere than its object',
    ['v1', 'Event'],
    { metadata: { name: 'a', namespace: 'shop' }, involvedObject: { kind: 'Pod', name: 'a', namespace: 'other' } },
    ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  ],
  [
    'a peer that is a range of addresses, which is none, and pods',
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'all' }, podSelector: {} }] }] } },
    [
      'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "all": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
  ],
  [
    'an owner without a UID',
    ['v1', 'ConfigMap'],
    { metadata: { name: 'web', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '' }] } },
    ['metadata.ownerReferences[0].uid: Required value: must not be empty'],
  ],
  [
    'nothing of a name that begins with one letter',
    ['v1', 'ConfigMap'],
    { metadata: { name: 'a-b2c4d', generateName: 'a-' } },
    [],
  ],
])('%s', (_, kind, fields, expected) => {
  expect(problems(kind, fields)).toEqual(expected);
});

it.each(['ConfigMap', 'Secret'])('a %s with bytes that are no base64 is not read at all', (name) => {
  const fields = name === 'Secret' ? { data: { a: 'YQ!!' } } : { binaryData: { a: 'YQ!!' } };
  expect(() => problems(['v1', name], fields)).toThrow(
    `${name} in version "v1" cannot be handled as a ${name}: illegal base64 data at input byte 2`,
  );
});

it('a schedule by a name that there is not', () => {
  const spec = {
    schedule: '@dayly',
    jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } },
  };
  expect(problems(['batch/v1', 'CronJob'], { spec })).toEqual([
    'spec.schedule: Invalid value: "@dayly": unrecognized descriptor: @dayly',
  ]);
});
