import { describe, expect, it } from 'vitest';
import { send } from '../helpers/kubectl.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('the control plane under kubectl', () => {
  const { kubectl, k } = useTestCluster();

  it('says how it is', async () => {
    expect(await k('get', '--raw', '/healthz')).toBe('ok');
    expect(await k('get', '--raw', '/readyz?verbose')).toMatch(/^\[\+\]ping ok\n[^]*\nreadyz check passed\n$/);
    const { stdout, stderr } = await kubectl(['get', 'cs']);
    expect(stdout).toMatch(
      /^NAME +STATUS +MESSAGE +ERROR\ncontroller-manager +Healthy +ok +\nscheduler +Healthy +ok +\netcd-0 +Healthy +ok +\n$/,
    );
    expect(stderr).toBe('Warning: v1 ComponentStatus is deprecated in v1.19+\n');
  });

  it('answers for one of its checks, and leaves one out', async () => {
    for (const path of [
      '/readyz/etcd',
      '/livez/ping',
      '/healthz/poststarthook/rbac/bootstrap-roles',
      '/readyz?exclude=etcd',
    ])
      expect(await k('get', '--raw', path), path).toBe('ok');
    expect(await k('get', '--raw', '/readyz?verbose&exclude=etcd&exclude=nothing')).toMatch(
      /^\[\+\]ping ok\n[^]*\n\[\+\]etcd excluded: ok\n[^]*\nwarn: some health checks cannot be excluded: no matches for "nothing"\nreadyz check passed\n$/,
    );
    expect((await kubectl(['get', '--raw', '/livez/nothing'])).stderr).toBe(
      'Error from server (NotFound): the server could not find the requested resource\n',
    );
    expect((await k('get', '--raw', '/')).split('"')).toContain('/livez/etcd');
  });

  it('explains a field once', async () => {
    const text = await k('explain', 'rc.spec');
    expect(text).toContain('ReplicationControllerSpec is the specification of a replication controller');
    expect(text.split('is the specification of a replication controller')).toHaveLength(2);
    expect(await k('explain', 'rc')).toMatch(/\n {2}spec\t<ReplicationControllerSpec>\n {4}\S/);
  });

  it('reads the time of a lease', async () => {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'mine' },
      spec: { renewTime: 'yesterday' },
    };
    const { stderr } = await send(kubectl, lease, 'create', '--validate=false');
    expect(stderr).toContain(
      'Lease in version "v1" cannot be handled as a Lease: parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
    );
  });
});
