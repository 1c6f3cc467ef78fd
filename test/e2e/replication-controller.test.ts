import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = `
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: old}}
    spec:
      containers:
        - {name: web, image: "web:1", ports: [{containerPort: 3000}], env: [{name: GREETING, value: old}]}
`;

describe('a ReplicationController under kubectl', () => {
  const { lab, k } = useTestCluster();

  beforeAll(async () => {
    await writeFile(join(lab.dir, 'rc.yaml'), manifest);
    await k('create', '-f', join(lab.dir, 'rc.yaml'));
    await k('wait', '--for=condition=Ready', 'pod', '-l', 'app=old', '--timeout=60s');
  });

  it('is listed under its short name and among all', async () => {
    await k('wait', '--for=jsonpath={.status.readyReplicas}=1', 'rc/old', '--timeout=10s');
    expect(await k('get', 'rc')).toMatch(/^NAME +DESIRED +CURRENT +READY +AGE\nold +1 +1 +1 +\d+s\n$/);
    expect(await k('get', 'rc', '-o', 'wide')).toMatch(/CONTAINERS +IMAGES +SELECTOR\n.* web +web:1 +app=old\n$/);
    expect(await k('get', 'all')).toMatch(/\nreplicationcontroller\/old +1 +1 +1 /);
    expect(await k('describe', 'rc', 'old')).toMatch(/Pods Status: +1 Running[^]*replication-controller +Created pod/);
  });

  it('is scaled, exposed and reached', async () => {
    expect(await k('scale', 'rc', 'old', '--replicas=2')).toBe('replicationcontroller/old scaled\n');
    await k('wait', '--for=jsonpath={.status.readyReplicas}=2', 'rc/old', '--timeout=60s');
    await k('expose', 'rc', 'old', '--port=80', '--target-port=3000');
    expect(await k('get', 'service', 'old', '-o', 'jsonpath={.spec.selector}')).toBe('{"app":"old"}');
    expect(await k('exec', 'rc/old', '--', 'curl', '-s', 'http://old')).toContain('hello from old');
  });

  it('cluster-info dump: writes what there is into a folder, logs too', async () => {
    const folder = join(lab.dir, 'dump');
    await k('cluster-info', 'dump', '--output-directory', folder);
    const files = await readdir(join(folder, 'default'));
    expect(files).toEqual(expect.arrayContaining(['replication-controllers.json', 'pods.json', 'events.json']));
    const { items } = JSON.parse(await readFile(join(folder, 'default', 'replication-controllers.json'), 'utf8')) as {
      items: { metadata: { name: string } }[];
    };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['old']);
    expect(files.filter((name) => name.startsWith('old-'))).toHaveLength(2);
  });

  it('goes with its pods', async () => {
    expect(await k('delete', 'rc', 'old')).toContain('replicationcontroller "old" deleted');
    await k('wait', '--for=delete', 'pod', '-l', 'app=old', '--timeout=60s');
  });
});
