/** What the API promises of every object, through the real kubectl: versions, finalizers, owners of fields, volumes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { send } from '../helpers/kubectl.ts';
import { podOf } from '../helpers/pods.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('objects under kubectl', () => {
  const { lab, kubectl, k } = useTestCluster();

  it('a Lease is taken once, renewed, and not renewed by who has read an older one', async () => {
    const spec = { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: '2026-11-21T18:00:00.000000Z' };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader' }, spec };
    expect((await send(kubectl, lease, 'create')).stdout).toBe('lease.coordination.k8s.io/leader created\n');
    expect((await send(kubectl, lease, 'create')).stderr).toContain(
      'leases.coordination.k8s.io "leader" already exists',
    );
    const read = join(lab.dir, 'lease.yaml');
    await writeFile(read, await k('get', 'lease', 'leader', '-o', 'yaml'));
    await k('patch', 'lease', 'leader', '--type=merge', '-p', '{"spec":{"renewTime":"2026-11-21T18:00:05.000001Z"}}');
    expect((await kubectl(['replace', '-f', read])).stderr).toMatch(
      /^Error from server \(Conflict\): .*Operation cannot be fulfilled on leases\.coordination\.k8s\.io "leader": the object has been modified; please apply your changes to the latest version and try again\n$/,
    );
    expect(await k('get', 'lease', 'leader', '-o', 'jsonpath={.spec.renewTime}')).toBe('2026-11-21T18:00:05.000001Z');
    expect(await k('get', 'lease', 'leader', '--no-headers')).toMatch(/^leader +one +\d+s\n$/);
  });

  it('what has a finalizer stays until that is gone, and takes no new one on its way out', async () => {
    const finalizers = (names: string) =>
      kubectl(['patch', 'cm', 'held', '--type=merge', '-p', `{"metadata":{"finalizers":${names}}}`]);
    await k('create', 'configmap', 'held');
    expect((await finalizers('["hold"]')).stderr).toContain(
      'metadata.finalizers[0]: Invalid value: "hold": name is neither a standard finalizer name nor is it fully qualified',
    );
    await finalizers('["example.com/hold"]');
    expect(await kubectl(['delete', 'cm', 'held', '--timeout=1s'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('timed out waiting for the condition on configmaps/held'),
    });
    expect((await finalizers('["example.com/hold","example.com/more"]')).stderr).toContain(
      'no new finalizers can be added if the object is being deleted, found new finalizers ["example.com/more"]',
    );
    await finalizers('null');
    expect((await kubectl(['get', 'cm', 'held'])).stderr).toContain('NotFound');
  });

  it('server-side apply refuses to take a field from another manager, unless forced', async () => {
    const settings = (mode: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { mode },
    });
    const apply = (mode: string, manager: string, ...more: string[]) =>
      send(kubectl, settings(mode), 'apply', '--server-side', `--field-manager=${manager}`, ...more);
    expect((await apply('fast', 'team')).stdout).toBe('configmap/settings serverside-applied\n');
    expect((await apply('fast', 'ci')).code).toBe(0);
    const conflict = await apply('slow', 'ci');
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toContain(
      'error: Apply failed with 1 conflict: conflict with "team": .data.mode\nPlease review the fields above--they currently have other managers.',
    );
    expect((await apply('slow', 'ci', '--force-conflicts')).code).toBe(0);
    expect(
      await k('get', 'cm', 'settings', '--show-managed-fields', '-o', 'jsonpath={.metadata.managedFields[*].manager}'),
    ).toBe('ci');
    expect(await k('get', 'cm', 'settings', '-o', 'jsonpath={.data.mode}')).toBe('slow');
  });

  it('a claim keeps what a pod wrote for the next one, and goes after the last that uses it', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'notes' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Mi' } } },
    };
    await send(kubectl, claim, 'apply');
    expect(await k('get', 'pvc', 'notes', '--no-headers')).toMatch(/^notes +Pending /);
    const start = async () => {
      await send(kubectl, keeper, 'apply');
      await k('wait', '--for=condition=Ready', 'pod/keeper', '--timeout=60s');
    };
    await start();
    expect(await k('get', 'pvc', 'notes', '--no-headers')).toMatch(/^notes +Bound +pvc-\S+ +10Mi +RWO +local-path /);
    await k('exec', 'keeper', '--', 'sh', '-c', 'echo kept > /data/note');
    await k('delete', 'pod', 'keeper');
    await start();
    expect(await k('exec', 'keeper', '--', 'cat', '/data/note')).toBe('kept\n');
    await k('delete', 'pvc', 'notes', '--wait=false');
    expect(await k('get', 'pvc', 'notes', '--no-headers')).toMatch(/^notes +Terminating /);
    expect(await k('describe', 'pvc', 'notes')).toMatch(/^Used By: +keeper$/m);
  });

  it('a projected volume holds a token for its audience, labels, limits and files of a ConfigMap', async () => {
    const [token, labels, memory, mode] = (
      await k(
        'exec',
        'keeper',
        '--',
        'sh',
        '-c',
        'cat /all/token; for f in labels mem conf/mode; do echo; cat /all/$f; done',
      )
    ).split('\n');
    const claims = JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ aud: ['vault'], sub: 'system:serviceaccount:default:default' });
    expect([labels, memory, mode]).toEqual(['tier="front"', '64', 'slow']);
    await k('label', 'pod', 'keeper', '--overwrite', 'tier=back');
    expect(await k('exec', 'keeper', '--', 'cat', '/all/labels')).toBe('tier="back"');
    await k('delete', 'pod', 'keeper');
    expect((await kubectl(['get', 'pvc', 'notes'])).stderr).toContain('NotFound');
  });
});

const keeper = podOf(
  'keeper',
  {
    resources: { limits: { memory: '64Mi' } },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'all', mountPath: '/all' },
    ],
  },
  {
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'notes' } },
      {
        name: 'all',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } },
            {
              downwardAPI: {
                items: [
                  { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                  {
                    path: 'mem',
                    resourceFieldRef: { containerName: 'keeper', resource: 'limits.memory', divisor: '1Mi' },
                  },
                ],
              },
            },
            { configMap: { name: 'settings', items: [{ key: 'mode', path: 'conf/mode' }] } },
            { secret: { name: 'missing', optional: true } },
          ],
        },
      },
    ],
  },
  { labels: { tier: 'front' } },
);
