import { beforeAll, describe, expect, it } from 'vitest';
import { messagesOf } from '../helpers/events.ts';
import { createAll, podOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('pods of the network of their node, under kubectl', () => {
  const { kubectl, k } = useTestCluster();

  beforeAll(async () => {
    const web = {
      image: 'web:1',
      ports: [{ containerPort: 3000 }],
      readinessProbe: { httpGet: { port: 3000 }, periodSeconds: 1 },
    };
    const first = podOf('first', web, { hostNetwork: true }, { labels: { app: 'first' } });
    await createAll(kubectl, first, podOf('tools'));
    await k('expose', 'pod', 'first', '--port=80', '--target-port=3000');
    await k('wait', '--for=condition=Ready', 'pod/first', 'pod/tools', '--timeout=60s');
    await createAll(kubectl, podOf('second', web, { hostNetwork: true }));
  });

  it('have its address and its name, and are reached there', async () => {
    const [node] = (await k('get', 'node', 'node-1', '-o', 'jsonpath={.status.addresses[0].address}')).split(' ');
    expect(
      await k(
        'get',
        'pod',
        'first',
        '-o',
        'jsonpath={.status.podIP} {.status.hostIP} {.spec.containers[0].ports[0].hostPort}',
      ),
    ).toBe(`${node} ${node} 3000`);
    expect(await k('exec', 'first', '--', 'hostname')).toBe('node-1\n');
    expect(await k('get', 'endpointslices', '-l', 'kubernetes.io/service-name=first', '--no-headers')).toMatch(
      new RegExp(`^first-\\w+ +IPv4 +3000 +${node} `),
    );
    for (const url of [`http://${node}:3000`, 'http://first'])
      expect(await k('exec', 'tools', '--', 'curl', '-s', '-m', '20', url)).toBe('hello from nobody\n');
  });

  it('share its ports: the second of a port waits until the first has gone', async () => {
    const full = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
    await eventually(
      'it is said why',
      () => messagesOf(k, 'second'),
      (text) => text.includes(full),
    );
    expect(await k('get', 'pod', 'second', '--no-headers')).toMatch(/^second +0\/1 +Pending +0 /);
    await k('delete', 'pod', 'first');
    await k('wait', '--for=condition=Ready', 'pod/second', '--timeout=60s');
  });
});
