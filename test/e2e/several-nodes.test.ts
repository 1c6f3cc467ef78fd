import { beforeAll, describe, expect, it } from 'vitest';
import { messagesOf } from '../helpers/events.ts';
import { createAll, workloadOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name });

describe('a cluster of several nodes', () => {
  const { kubectl, k } = useTestCluster({
    nodes: [
      { name: 'node-1', labels: zone('a') },
      { name: 'node-2', labels: zone('b') },
      { name: 'node-3', labels: zone('b'), capacity: { memory: '1Gi' } },
    ],
  });
  /** Where the pods of an app are, sorted. */
  const nodesOf = async (app: string): Promise<string[]> =>
    (await k('get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].spec.nodeName}')).split(' ').toSorted();

  beforeAll(async () => {
    await k('create', 'deployment', 'web', '--image=web:1', '--replicas=3', '--port=3000');
    await k('expose', 'deployment', 'web', '--port=80', '--target-port=3000');
    await k('rollout', 'status', 'deployment/web', '--timeout=30s');
  });

  it('shows them all, each with its address, its pods and its lease', async () => {
    const rows = (await k('get', 'nodes', '-o', 'wide', '--no-headers')).trim().split('\n');
    expect(rows.map((row) => row.split(/ +/).slice(0, 2).join(' '))).toEqual([
      'node-1 Ready',
      'node-2 Ready',
      'node-3 Ready',
    ]);
    expect(rows[2]).toContain('172.20.0.12');
    expect(await k('describe', 'node', 'node-3')).toMatch(
      /HolderIdentity: +node-3\n[\s\S]*memory: +1Gi\n[\s\S]*10\.42\.2\.0\/24/,
    );
    expect((await k('top', 'nodes', '--no-headers')).trim().split('\n')).toHaveLength(3);
  });

  it('spreads pods, which reach each other and are reached wherever they are', async () => {
    expect(await nodesOf('web')).toEqual(['node-1', 'node-2', 'node-3']);
    const ips = (await k('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].status.podIP}')).split(' ');
    expect(new Set(ips.map((ip) => ip.split('.')[2]))).toEqual(new Set(['0', '1', '2']));
    const [pod = ''] = (await k('get', 'pods', '-l', 'app=web', '-o', 'name')).split('\n');
    for (const ip of ips) expect(await k('exec', pod, '--', 'curl', '-s', `http://${ip}:3000`)).toContain('hello');
    expect(await k('exec', pod, '--', 'curl', '-s', 'http://web')).toContain('hello');
    expect(await k('logs', '-l', 'app=web', '--prefix')).toMatch(/listening[\s\S]*listening[\s\S]*listening/);
  });

  it('a drain moves the pods as far as their budget allows', async () => {
    await k('create', 'pdb', 'web', '--selector=app=web', '--min-available=2');
    const drained = await k('drain', 'node-2', '--ignore-daemonsets', '--timeout=30s');
    expect(drained).toMatch(/^node\/node-2 cordoned\n(.*\n)*pod\/web-\S+ evicted\nnode\/node-2 drained\n$/);
    await k('rollout', 'status', 'deployment/web', '--timeout=30s');
    expect(await nodesOf('web')).not.toContain('node-2');
    expect(await k('get', 'node', 'node-2', '--no-headers')).toMatch(/^node-2 +Ready,SchedulingDisabled /);
    await k('uncordon', 'node-2');
  });

  it('says for each node why it will not have a pod', async () => {
    await k('cordon', 'node-1');
    await k('taint', 'nodes', 'node-2', 'gpu=yes:NoSchedule');
    const overrides = {
      spec: {
        nodeSelector: zone('b'),
        containers: [{ name: 'big', image: 'web:1', resources: { requests: { memory: '2Gi' } } }],
      },
    };
    await k('run', 'big', '--image=web:1', `--overrides=${JSON.stringify(overrides)}`);
    const message =
      '0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
    await eventually(
      'the reasons',
      () => messagesOf(k, 'big'),
      (text) => text.includes(message),
    );
    await k('delete', 'pod', 'big', '--now');
    await k('taint', 'nodes', 'node-2', 'gpu-');
    await k('uncordon', 'node-1');
  });

  it('a taint that is NoExecute drives the pods away, and a DaemonSet has one pod on each node that it may use', async () => {
    await createAll(kubectl, workloadOf('DaemonSet', 'agent', { image: 'web:1' }));
    await k('rollout', 'status', 'daemonset/agent', '--timeout=30s');
    expect(await nodesOf('agent')).toEqual(['node-1', 'node-2', 'node-3']);
    await k('taint', 'nodes', 'node-3', 'disk=broken:NoExecute');
    const left = ['node-1', 'node-2'];
    await eventually(
      'pods of the set',
      () => nodesOf('agent'),
      (names) => names.join() === left.join(),
    );
    await eventually(
      'pods of the app',
      () => nodesOf('web'),
      (names) => !names.includes('node-3'),
    );
    expect(await k('get', 'events')).toContain('TaintManagerEviction');
  });
});
