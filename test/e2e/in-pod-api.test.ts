import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('a program in a pod that uses the API', () => {
  const { lab, kubectl, k } = useTestCluster();
  const inPod = (...command: string[]) => k('exec', 'robot', '--', ...command);
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';

  beforeAll(async () => {
    await k('create', 'serviceaccount', 'robot');
    await k('create', 'role', 'reader', '--verb=list,watch', '--resource=pods');
    await k('create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=default:robot');
    await k('run', 'robot', '--image=web:1', '--overrides={"spec":{"serviceAccountName":"robot"}}');
    await k('wait', '--for=condition=ready', 'pod/robot', '--timeout=30s');
  });

  it('finds the server by its variables, trusts it by the mounted certificate, and may do what its roles allow', async () => {
    const client = createRequire(import.meta.url).resolve('@kubernetes/client-node');
    const program = `
      const { KubeConfig, CoreV1Api } = await import(${JSON.stringify(client)});
      const config = new KubeConfig();
      config.loadFromCluster();
      const api = config.makeApiClient(CoreV1Api);
      const { items } = await api.listNamespacedPod({ namespace: 'default' });
      const refused = await api.listNamespacedPod({ namespace: 'kube-system' }).catch(({ code }) => code);
      console.log(JSON.stringify({ server: config.getCurrentCluster().server, pods: items.map((pod) => pod.metadata.name), refused }));`;
    expect(JSON.parse(await inPod('node', '--input-type=module', '-e', program))).toEqual({
      server: 'https://10.43.0.1:443',
      pods: ['robot'],
      refused: 403,
    });
  });

  it('may be curl with the mounted files', async () => {
    const curl = (path: string) =>
      `curl -s --cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)" https://kubernetes.default.svc${path}`;
    expect(JSON.parse(await inPod('sh', '-c', curl('/api/v1/namespaces/default/pods')))).toMatchObject({
      kind: 'PodList',
      items: [{ metadata: { name: 'robot' } }],
    });
    expect(JSON.parse(await inPod('sh', '-c', curl('/api/v1/secrets')))).toMatchObject({ code: 403 });
    const untrusting = await kubectl(['exec', 'robot', '--', 'curl', '-sS', 'https://kubernetes.default.svc/api']);
    expect(untrusting.stderr).toContain('curl: (60) SSL certificate problem');
  });

  it('sees where the server is', async () => {
    expect(await k('get', 'endpoints', 'kubernetes', '--no-headers')).toMatch(/^kubernetes +172\.20\.0\.10:6443 /);
    expect(await k('get', 'endpointslices', '--no-headers')).toMatch(/^kubernetes +IPv4 +6443 +172\.20\.0\.10 /);
  });

  it('has a token that ends with its pod', async () => {
    const token = await inPod('cat', `${account}/token`);
    const asPod = (...args: string[]) => kubectl([...args, `--token=${token}`, '--kubeconfig=/dev/null', ...server]);
    const server = [`--server=${lab.cluster.url}`, '--insecure-skip-tls-verify'];
    expect(await asPod('get', 'pods', '-o', 'name')).toMatchObject({ stdout: 'pod/robot\n' });
    await k('delete', 'pod', 'robot', '--now');
    expect((await asPod('get', 'pods')).stderr).toContain('You must be logged in to the server');
  });
});
