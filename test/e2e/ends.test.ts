/** How containers end and what becomes of their pods: each restart policy with each reason, and sidecars. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { startTestCluster, type TestCluster } from '../helpers/cluster.ts';
import { kubectlFor, type Kubectl, outputOf } from '../helpers/kubectl.ts';
import { createAll, podOf, sleeper } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';

const greedy = 'const all = []; for (;;) all.push(Buffer.alloc(8e6, 1))';
const ways = {
  completed: { command: ['sh', '-c', 'exit 0'] },
  error: { command: ['sh', '-c', 'exit 3'] },
  // In a command of a pod `$$` is one dollar.
  signal: { command: ['sh', '-c', "sh -c 'kill -9 $$$$'"] },
  memory: { image: 'web:1', command: ['node', '-e', greedy], resources: { limits: { memory: '64Mi' } } },
};
type Way = keyof typeof ways;
const policies = ['Always', 'OnFailure', 'Never'] as const;
const ended: Record<Way, { reason: string; exitCode: number }> = {
  completed: { reason: 'Completed', exitCode: 0 },
  error: { reason: 'Error', exitCode: 3 },
  signal: { reason: 'Error', exitCode: 137 },
  memory: { reason: 'OOMKilled', exitCode: 137 },
};
const nameOf = (policy: string, way: string) => `${policy.toLowerCase()}-${way}`;
const cases = policies.flatMap((policy) => (Object.keys(ways) as Way[]).map((way) => ({ policy, way })));

describe('ends under kubectl', () => {
  let lab: TestCluster;
  let kubectl: Kubectl;
  const k = outputOf((args) => kubectl(args));
  const podNamed = async (name: string) => JSON.parse(await k('get', 'pod', name, '-o', 'json')) as V1Pod;

  beforeAll(async () => {
    lab = await startTestCluster();
    kubectl = kubectlFor(lab.cluster.kubeconfigPath);
    await createAll(
      kubectl,
      ...cases.map(({ policy, way }) => podOf(nameOf(policy, way), ways[way], { restartPolicy: policy })),
    );
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it.for(cases)('restartPolicy $policy, ended by $way', async ({ policy, way }) => {
    const name = nameOf(policy, way);
    const restarts = policy === 'Always' || (policy === 'OnFailure' && way !== 'completed');
    const pod = await eventually(
      `${name} has ended`,
      () => podNamed(name),
      ({ status }) =>
        restarts
          ? (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0
          : /^(Succeeded|Failed)$/.test(status?.phase ?? ''),
    );
    const [status] = pod.status?.containerStatuses ?? [];
    const row = await k('get', 'pod', name, '--no-headers');
    if (restarts) {
      expect(status?.lastState?.terminated).toMatchObject(ended[way]);
      expect(pod.status?.phase).toBe('Running');
      expect(row).toMatch(/ +[1-9]\d* \(\d+s ago\) +\d+s\n$/);
      return;
    }
    expect(status).toMatchObject({ restartCount: 0, ready: false, state: { terminated: ended[way] } });
    expect(pod.status?.phase).toBe(way === 'completed' ? 'Succeeded' : 'Failed');
    expect(row).toMatch(new RegExp(`^${name} +0/1 +${ended[way].reason} +0 +\\d+s\\n$`));
  });

  it('what ends again and again is waited for', async () => {
    // A readiness probe has its pod looked at again while it waits.
    const probe = { exec: { command: ['true'] }, periodSeconds: 1 };
    await createAll(kubectl, podOf('crashing', { ...ways.error, readinessProbe: probe }));
    const row = () => k('get', 'pod', 'crashing', '--no-headers');
    await eventually('the back-off is shown', row, (text) => / CrashLoopBackOff +[1-9]/.test(text));
    const described = await k('describe', 'pod', 'crashing');
    expect(described).toMatch(
      /State: +Waiting\n +Reason: +CrashLoopBackOff\n +Last State: +Terminated\n +Reason: +Error\n +Exit Code: +3\n/,
    );
    expect(described).toMatch(
      /Warning +BackOff .* Back-off restarting failed container crashing in pod crashing_default\([0-9a-f-]{36}\)\n/,
    );
    expect(await k('logs', 'crashing', '--previous')).toBe('');
  });
});

describe('sidecars under kubectl', () => {
  let lab: TestCluster;
  let kubectl: Kubectl;
  const k = outputOf((args) => kubectl(args));
  const diary = [{ name: 'diary', hostPath: { path: '/diary' } }];
  const volumeMounts = [{ name: 'diary', mountPath: '/diary' }];
  /** Writes down that it starts, and that it was told to end. */
  const writer = (name: string, more: Partial<V1Container> = {}): V1Container => {
    const told = `trap 'echo -${name} >> /diary/log; exit 0' TERM`;
    const command = ['sh', '-c', `${told}; echo +${name} >> /diary/log; while :; do sleep 0.1; done`];
    return sleeper(name, { command, volumeMounts, ...more });
  };
  const once = (name: string, script = 'true'): V1Container =>
    sleeper(name, { command: ['sh', '-c', `echo +${name} >> /diary/log; ${script}`], volumeMounts });
  const sidecar = (name: string) =>
    writer(name, {
      restartPolicy: 'Always',
      startupProbe: { exec: { command: ['true'] }, periodSeconds: 1, timeoutSeconds: 20 },
    });
  const written = async () => (await k('exec', 'reader', '--', 'cat', '/diary/log')).trim().split('\n');

  beforeAll(async () => {
    lab = await startTestCluster();
    kubectl = kubectlFor(lab.cluster.kubeconfigPath);
    const reader = podOf('reader', { volumeMounts }, { volumes: diary });
    await createAll(kubectl, reader);
    await k('wait', '--for=condition=Ready', 'pod/reader', '--timeout=60s');
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('start in their turn among the init containers, and end after the others from the last to the first', async () => {
    const initContainers = [sidecar('first'), once('init'), sidecar('second')];
    const spec = { initContainers, containers: [writer('main')], volumes: diary, terminationGracePeriodSeconds: 30 };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'three' }, spec };
    await createAll(kubectl, pod);
    await k('wait', '--for=condition=Ready', 'pod/three', '--timeout=60s');
    expect(await k('get', 'pod', 'three', '--no-headers')).toMatch(/^three +3\/3 +Running +0 /);
    await eventually('all have written', written, (lines) => lines.length === 4);
    await k('delete', 'pod', 'three');
    expect(await written()).toEqual(['+first', '+init', '+second', '+main', '-main', '-second', '-first']);
  });

  it('do not keep a Job from its end', async () => {
    await k('exec', 'reader', '--', 'sh', '-c', 'echo -n > /diary/log');
    const template = {
      spec: { restartPolicy: 'Never', initContainers: [sidecar('proxy')], containers: [once('work')], volumes: diary },
    };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'packed' }, spec: { template } };
    await createAll(kubectl, job);
    await k('wait', '--for=condition=complete', 'job/packed', '--timeout=60s');
    expect(await k('get', 'job', 'packed', '--no-headers')).toMatch(/^packed +Complete +1\/1 /);
    expect(await k('get', 'pods', '-l', 'job-name=packed', '--no-headers')).toMatch(/ 0\/2 +Completed +0 /);
    expect(await written()).toEqual(['+proxy', '+work', '-proxy']);
  });
});
