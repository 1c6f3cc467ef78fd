/** The rules of a pod's parts, each by the words of a real server. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../types.ts';
import { findByKind } from './index.ts';

/** What `kubectl` would list of a pod with this container and this in its spec. */
function problems(container: object, spec: object = {}, old?: object): string[] {
  const podOf = (parts: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'web:1', ...container }], ...parts },
  });
  const kind = findByKind('', 'v1', 'Pod');
  const [pod, before] = [structuredClone(podOf(spec)), old && structuredClone(podOf(old))];
  kind?.defaults?.(pod);
  if (before) kind?.defaults?.(before);
  return (kind?.validate?.(pod, before) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const envOf = (valueFrom: object) => ({ env: [{ name: 'A', valueFrom }] });
const at = 'spec.containers[0]';
const from = `${at}.env[0].valueFrom`;
const LABEL_KEY =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

it.each<[string, object, string[]]>([
  [
    'shows a field that no pod has',
    { fieldRef: { fieldPath: 'metadata.nope' } },
    [
      `${from}.fieldRef.fieldPath: Invalid value: "metadata.nope": error converting fieldPath: field label not supported: metadata.nope`,
    ],
  ],
  [
    'shows a field that changes too often',
    { fieldRef: { fieldPath: 'status.phase' } },
    [
      `${from}.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`,
    ],
  ],
  [
    'asks for an entry of what is no map',
    { fieldRef: { fieldPath: "metadata.name['x']" } },
    [
      `${from}.fieldRef.fieldPath: Invalid value: "metadata.name['x']": error converting fieldPath: field label does not support subscript: metadata.name['x']`,
    ],
  ],
  ['shows one label', { fieldRef: { fieldPath: "metadata.labels['app']" } }, []],
  [
    'shows a resource that is none',
    { resourceFieldRef: { resource: 'limits.disk' } },
    [
      `${from}.resourceFieldRef.resource: Unsupported value: "limits.disk": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`,
    ],
  ],
  [
    'divides memory by what is no unit',
    { resourceFieldRef: { resource: 'limits.memory', divisor: '3' } },
    [
      `${from}.resourceFieldRef.divisor: Invalid value: "limits.memory": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource`,
    ],
  ],
])('a variable that %s', (_, valueFrom, expected) => {
  expect(problems(envOf(valueFrom))).toEqual(expected);
});

it.each<[string, object, object, string[]]>([
  [
    'a volume of two kinds, of which the first counts',
    {},
    { volumes: [{ name: 'a', configMap: { name: 'x' }, secret: { secretName: 'y' } }] },
    ['spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'a bad volume, which is nobody’s to mount',
    { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: '../b' }] },
    { volumes: [{ name: 'a', secret: { secretName: 'x', defaultMode: 1000, items: [{ key: 'k', path: '/k' }] } }] },
    [
      'spec.volumes[0].secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
      'spec.volumes[0].secret.items[0].path: Invalid value: "/k": must be a relative path',
      `${at}.volumeMounts[0].name: Not found: "a"`,
      `${at}.volumeMounts.subPath: Invalid value: "../b": must not contain '..'`,
    ],
  ],
  [
    'a file of the pod’s own fields that says nothing',
    {},
    { volumes: [{ name: 'a', downwardAPI: { items: [{ path: 'x' }] } }] },
    ['spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required'],
  ],
  [
    'an init container that is probed, and has a container’s name',
    {},
    { initContainers: [{ name: 'web', image: 'x', livenessProbe: { tcpSocket: { port: 1 } } }] },
    [
      'spec.initContainers[0].name: Duplicate value: "web"',
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ],
  [
    'a port of the node that is taken twice',
    { ports: [80, 81].map((containerPort) => ({ containerPort, hostPort: 80 })) },
    {},
    [`${at}.ports[1].hostPort: Duplicate value: "TCP//80"`],
  ],
  [
    'a hook that sleeps for longer than the pod may',
    { lifecycle: { preStop: { sleep: { seconds: 100 } } } },
    {},
    [
      `${at}.lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30)`,
    ],
  ],
  [
    'a probe of two kinds, one of them bad',
    { startupProbe: { exec: { command: [] }, tcpSocket: { port: 1 } } },
    {},
    [
      `${at}.startupProbe.exec.command: Required value`,
      `${at}.startupProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
    ],
  ],
  [
    'rights that exclude each other',
    { securityContext: { privileged: true, allowPrivilegeEscalation: false, seLinuxOptions: { level: 'x' } } },
    {},
    [
      `${at}.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":{"level":"x"},"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
    ],
  ],
  [
    'a user that cannot be',
    { securityContext: { runAsUser: -1 } },
    { securityContext: { fsGroup: -1 } },
    [
      `${at}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`,
      'spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
  ],
  [
    'an affinity without terms, and one of no weight',
    {},
    {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: { topologyKey: 'a b' } }],
        },
      },
    },
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
      'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
      `spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: "a b": ${LABEL_KEY}`,
    ],
  ],
  [
    'a spread that is said twice',
    {},
    {
      topologySpreadConstraints: [1, 0].map((maxSkew) => ({
        maxSkew,
        topologyKey: 'zone',
        whenUnsatisfiable: 'ScheduleAnyway',
      })),
    },
    [
      'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, ScheduleAnyway}"',
      'spec.topologySpreadConstraints[1].maxSkew: Invalid value: 0: must be greater than zero',
    ],
  ],
  [
    'a toleration that ends, of what evicts nobody',
    {},
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] },
    [
      `spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    ],
  ],
  [
    'resolvers of nobody’s',
    {},
    { dnsPolicy: 'None' },
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
])('refuses %s', (_, container, spec, expected) => {
  expect(problems(container, spec)).toEqual(expected);
});

it.each<[string, object, object, string[]]>([
  [
    'a toleration that changes',
    { tolerations: [{ key: 'a', operator: 'Exists' }] },
    { tolerations: [{ key: 'b', operator: 'Exists' }] },
    ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ],
  [
    'a deadline that moves away',
    { activeDeadlineSeconds: 20 },
    { activeDeadlineSeconds: 30 },
    ['spec.activeDeadlineSeconds: Invalid value: 30: must be less than or equal to previous value'],
  ],
  [
    'a gate that is new',
    {},
    { schedulingGates: [{ name: 'x' }] },
    ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'x'"],
  ],
  ['no node that is chosen at a gate', { schedulingGates: [{ name: 'x' }] }, { nodeSelector: { disk: 'ssd' } }, []],
])('refuses, in an update, %s', (_, old, spec, expected) => {
  expect(problems({}, spec, old)).toEqual(expected);
});
