import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, deployment, deployments, startApi } from '../testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
  await api.ask('POST', deployments, deployment('web'));
});

afterEach(() => api.server.close());

const container = (fields: object) => ({ spec: { template: { spec: { containers: [{ name: 'a', ...fields }] } } } });
const notAQuantity = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Each was sent to a kube-apiserver (1.20.2), which answered in these words. */
const misfits: [patch: object, problem: string][] = [
  [{ spec: { replicas: '3' } }, 'unrecognized type: int32'],
  [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
  [{ spec: { paused: 1 } }, 'unrecognized type: bool'],
  [{ spec: 5 }, 'cannot restore struct from: int64'],
  [{ spec: [] }, 'cannot restore struct from: slice'],
  [{ metadata: { labels: { a: 5 } } }, 'cannot convert int64 to string'],
  [{ metadata: { labels: { a: 1.5 } } }, 'unrecognized type: string'],
  [{ metadata: { labels: { a: true } } }, 'unrecognized type: string'],
  [{ metadata: { labels: 'x' } }, 'cannot restore map from string'],
  [
    { metadata: { creationTimestamp: 'yesterday' } },
    'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
  ],
  [{ metadata: { creationTimestamp: 5 } }, 'json: cannot unmarshal number into Go value of type string'],
  [container({ env: [{ name: 'PORT', value: 3000 }] }), 'cannot convert int64 to string'],
  [container({ env: { PORT: '3000' } }), 'cannot restore slice from map'],
  [container({ resources: { limits: { memory: true } } }), notAQuantity],
  [container({ resources: { limits: { memory: '64Mx' } } }), notAQuantity],
  [
    container({ livenessProbe: { httpGet: { port: true } } }),
    'json: cannot unmarshal bool into Go value of type int32',
  ],
  [
    container({ livenessProbe: { httpGet: { port: 1.5 } } }),
    'json: cannot unmarshal number 1.5 into Go value of type int32',
  ],
];

describe('a strategic merge patch that does not fit', () => {
  const type = 'application/strategic-merge-patch+json';

  it.each(misfits)('%j is refused: %s', async (patch, problem) => {
    const { code, object } = await api.ask('PATCH', `${deployments}/web`, patch, { type });
    expect(code).toBe(422);
    expect(object.message).toMatch(/^ "" is invalid: patch: Invalid value: "map\[.*\]": /);
    expect(object.message?.endsWith(`]": ${problem}`), object.message).toBe(true);
  });

  it('is shown as merging left it, without its ordered lists', async () => {
    const order = { '$setElementOrder/containers': [{ name: 'a' }] };
    const { spec } = container({ env: [{ name: 'PORT', value: 3000 }] }).spec.template;
    const patch = { metadata: { annotations: { note: 'a "b"' } }, spec: { template: { spec: { ...order, ...spec } } } };
    const { object } = await api.ask('PATCH', `${deployments}/web`, patch, { type });
    expect(object.message).toBe(
      ' "" is invalid: patch: Invalid value: "map[metadata:map[annotations:map[note:a \\"b\\"]] spec:map[template:map[spec:map[]]]]": cannot convert int64 to string',
    );
  });

  it('by items of another type than those that are there ends without a reason', async () => {
    const patch = { spec: { template: { spec: { containers: ['a'] } } } };
    const { code, object } = await api.ask('PATCH', `${deployments}/web`, patch, { type });
    expect(code).toBe(500);
    expect(object.message).toMatch(/^list element types are not identical: \[\[map\[.*\]\] \[a\]\]$/);
  });
});

describe('a patch that wants another kind', () => {
  it('is not heard where it is merged strategically', async () => {
    const type = 'application/strategic-merge-patch+json';
    const patch = { apiVersion: 'v1', kind: 'Secret', spec: { replicas: 2 } };
    const { code, object } = await api.ask('PATCH', `${deployments}/web`, patch, { type });
    expect({ code, object }).toMatchObject({ code: 200, object: { kind: 'Deployment', spec: { replicas: 2 } } });
  });

  it.each([
    [{ kind: 'Deploymnt' }, 'no kind "Deploymnt" is registered for version "apps/v1" in scheme'],
    [{ apiVersion: 'v2' }, 'no kind "Deployment" is registered for version "v2" in scheme'],
    [{ apiVersion: 5 }, "couldn't get version/kind; json parse error: json: cannot unmarshal number"],
    [{ kind: 'DaemonSet' }, 'converting (v1.DaemonSet) to (apps.Deployment): unknown conversion'],
  ])('is refused as any that does not fit: %j', async (patch, problem) => {
    const type = 'application/merge-patch+json';
    const { code, object } = await api.ask('PATCH', `${deployments}/web`, patch, { type });
    expect(code).toBe(422);
    expect(object.message).toMatch(/^ "" is invalid: patch: Invalid value: "\{.*\}": /);
    expect(object.message).toContain(`}": ${problem}`);
  });
});
