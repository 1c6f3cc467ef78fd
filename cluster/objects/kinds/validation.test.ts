import { QuantityError } from '../quantity.ts';
import { describe, expect, it } from 'vitest';

import { invalid } from '../status-error.ts';
import { parseGroupVersion } from '../group-version.ts';
import type { KubeObject } from '../types.ts';
import { findByKind } from './index.ts';

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Defaults and validation of one write, answered as the lines that kubectl prints. */
function problems(object: object, old?: object): string[] {
  const full = { metadata: { name: 'web' }, ...structuredClone(object) } as KubeObject;
  const before = old ? ({ metadata: { name: 'web' }, ...structuredClone(old) } as KubeObject) : undefined;
  const { group, version } = parseGroupVersion(full.apiVersion);
  const kind = findByKind(group, version, full.kind);
  kind?.defaults?.(full);
  if (before) kind?.defaults?.(before);
  return (kind?.validate?.(full, before) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

function pod(container: object = {}, spec: object = {}, kind: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { containers: [{ name: 'web', image: 'web:1', ...container }], ...spec },
    ...kind,
  };
}

function deployment(spec: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
      ...spec,
    },
  };
}

function daemonSet(rollingUpdate: object): object {
  return { ...deployment({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } }), kind: 'DaemonSet' };
}

function service(spec: object, metadata: object = { name: 'web' }): object {
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

describe('validation', () => {
  it('refuses the bad Service of the recordings with the recorded words', () => {
    const bad = service({ ports: [{ port: 99999 }], selector: { app: 'web' } }, { name: 'Bad_Name' });
    expect(problems(bad)).toEqual([
      `metadata.name: Invalid value: "Bad_Name": ${LABEL_RULE}`,
      'spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ]);
  });

  it('refuses a changed selector with the recorded words', () => {
    expect(problems(deployment({ selector: { matchLabels: { app: 'zzz' } } }), deployment())).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"app":"zzz"}}: field is immutable',
    ]);
  });

  it('puts several errors into one message, and one error without brackets', () => {
    const errors = [
      { reason: 'FieldValueRequired', field: 'spec.a', message: 'Required value' },
      { reason: 'FieldValueRequired', field: 'spec.b', message: 'Required value' },
    ] as const;
    const kind = { group: 'apps', kind: 'Deployment' };
    expect(invalid(kind, 'web', errors).message).toBe(
      'Deployment.apps "web" is invalid: [spec.a: Required value, spec.b: Required value]',
    );
    expect(invalid(kind, 'web', errors.slice(0, 1)).message).toBe(
      'Deployment.apps "web" is invalid: spec.a: Required value',
    );
  });

  it.each<[string, object, string[]]>([
    ['a container without an image', pod({ image: '' }), ['spec.containers[0].image: Required value']],
    ['no containers', pod({}, { containers: [] }), ['spec.containers: Required value']],
    [
      'two containers of one name',
      pod(
        {},
        {
          containers: [
            { name: 'a', image: 'a' },
            { name: 'a', image: 'b' },
          ],
        },
      ),
      ['spec.containers[1].name: Duplicate value: "a"'],
    ],
    [
      'a request above its limit',
      pod({ resources: { requests: { memory: '1Gi' }, limits: { memory: '512Mi' } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 512Mi',
      ],
    ],
    [
      'a device that is asked for without a limit, or in halves',
      pod({ resources: { requests: { 'nvidia.com/gpu': '1' }, limits: { 'amd.com/gpu': '500m' } } }),
      [
        'spec.containers[0].resources.limits[amd.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[amd.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
      ],
    ],
    [
      'an unknown resource',
      pod({ resources: { limits: { memry: '1Gi' } } }),
      [
        'spec.containers[0].resources.limits[memry]: Invalid value: "memry": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.limits[memry]: Invalid value: "memry": must be a standard resource for containers',
        'spec.containers[0].resources.requests[memry]: Invalid value: "memry": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[memry]: Invalid value: "memry": must be a standard resource for containers',
      ],
    ],
    [
      'a mount of a volume that is not there',
      pod({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      'an environment variable with two sources',
      pod({ env: [{ name: 'A', value: 'x', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] }),
      ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ],
    [
      'a probe port out of range',
      pod({ livenessProbe: { httpGet: { port: 70000 } } }),
      ['spec.containers[0].livenessProbe.httpGet.port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'a probe without a handler',
      pod({ readinessProbe: { periodSeconds: 5 } }),
      ['spec.containers[0].readinessProbe: Required value: must specify a handler type'],
    ],
    [
      'an unknown pull policy',
      pod({ imagePullPolicy: 'Sometimes' }),
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'a template that must not restart always',
      deployment({
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'w', image: 'w' }] },
        },
      }),
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a Deployment without anything',
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
        'spec.template.spec.containers: Required value',
      ],
    ],
    [
      'settings of a strategy that is not used',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'fewer than no replicas',
      deployment({ replicas: -1 }),
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'daemons that may neither be missing nor be two',
      daemonSet({ maxSurge: 0, maxUnavailable: 0 }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
    [
      'daemons by the half dozen of a hundred',
      daemonSet({ maxSurge: 'six', maxUnavailable: '110%' }),
      [
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"six\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater than 100%',
      ],
    ],
    [
      'daemons that may be both',
      daemonSet({ maxSurge: '10%' }),
      [
        'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "10%": may not be set when maxUnavailable is non-zero',
      ],
    ],
    [
      'claims with an unknown fate',
      {
        ...deployment({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Burn' } }),
        kind: 'StatefulSet',
      },
      [
        'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Burn": supported values: "Retain", "Delete"',
      ],
    ],
    [
      'a node port of a Service that is reached from inside only',
      service({ ports: [{ port: 80, nodePort: 30_080 }] }),
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    ['a Service without ports', service({}), ['spec.ports: Required value']],
    [
      'unnamed ports when there are several',
      service({ ports: [{ port: 80 }, { port: 81, name: 'b' }] }),
      ['spec.ports[0].name: Required value'],
    ],
    [
      'a claim without size and modes',
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
  ])('refuses %s', (_what, object, expected) => {
    expect(problems(object)).toEqual(expected);
  });

  it('lets a pod change its image and nothing else', () => {
    expect(problems(pod({ image: 'web:2' }), pod())).toEqual([]);
    expect(problems(pod({}, { nodeName: 'node-1' }), pod())).toEqual([]);
    expect(problems(pod({ command: ['x'] }), pod())).toEqual([
      expect.stringContaining(
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
      ),
    ]);
    expect(problems(pod({}, { nodeName: 'node-2' }), pod({}, { nodeName: 'node-1' }))).toHaveLength(1);
  });

  it('keeps the address of a Service and the contents of an immutable ConfigMap', () => {
    const ports = [{ port: 80 }];
    expect(problems(service({ ports, clusterIP: '10.43.0.2' }), service({ ports, clusterIP: '10.43.0.1' }))).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.43.0.2"]: may not change once set',
    ]);
    const config = { apiVersion: 'v1', kind: 'ConfigMap', immutable: true };
    expect(problems({ ...config, data: { a: '2' } }, { ...config, data: { a: '1' } })).toEqual([
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  it('reads null as Go does: a field left empty in YAML was not given, an empty label is the empty text', () => {
    const labels = { metadata: { name: 'web', labels: { tier: null }, annotations: null } };
    expect(
      problems(pod({ env: null, resources: { limits: null } }, { tolerations: null, volumes: null }, labels)),
    ).toEqual([]);
    expect(problems(deployment({ selector: null }))).toContain('spec.selector: Required value');
    expect(problems(pod({}, { containers: [null] }))).toContain('spec.containers[0].name: Required value');
  });

  it('throws at what the real server cannot even decode', () => {
    expect(() => problems(pod({ resources: { limits: { memory: 'lots' } } }))).toThrow(QuantityError);
    expect(() => problems({ apiVersion: 'v1', kind: 'Secret', data: { a: 'no base64' } })).toThrow(
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 2',
    );
  });
});
