/** How containers end and what becomes of their pods: each restart policy with each reason, and sidecars. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { createAll, podOf, sleeper } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

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
const restarts = ({ policy, way }: { policy: string; way: Way }) =>
  policy === 'Always' || (policy === 'OnFailure' && way !== 'completed');

describe('ends under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const podNamed = async (name: string) => JSON.parse(await k('get', 'pod', name, '-o', 'json')) as V1Pod;

  beforeAll(async () => {
    await createAll(
      kubectl,
      ...cases.map(({ policy, way }) => podOf(nameOf(policy, way), ways[way], { restartPolicy: policy })),
    );
  });

  it.for(cases.filter(restarts))('restartPolicy $policy, ended by $way: is started again', async ({ policy, way }) => {
    const name = nameOf(policy, way);
    const pod = await eventually(
      `${name} was started again`,
      () => podNamed(name),
      ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
    );
    expect(pod.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject(ended[way]);
    expect(pod.status?.phase).toBe('Running');
    expect(await k('get', 'pod', name, '--no-headers')).toMatch(/ +[1-9]\d* \(\d+s ago\) +\d+s\n$/);
  });

  it.for(cases.filter((one) => !restarts(one)))('restartPolicy $policy, ended by $way: stays so', async (one) => {
    const { way } = one;
    const name = nameOf(one.policy, way);
    const pod = await eventually(
      `${name} has ended`,
      () => podNamed(name),
      ({ status }) => /^(Succeeded|Failed)$/.test(status?.phase ?? ''),
    );
    const [status] = pod.status?.containerStatuses ?? [];
    expect(status).toMatchObject({ restartCount: 0, ready: false, state: { terminated: ended[way] } });
    expect(pod.status?.phase).toBe(way === 'completed' ? 'Succeeded' : 'Failed');
    expect(await k('get', 'pod', name, '--no-headers')).toMatch(
      new RegExp(`^${name} +0/1 +${ended[way].reason} +0 +\\d+s\\n$`),
    );
  });

  it('an init container that fails is shown as such, and what comes after it is not started', async () => {
    const initContainers = [sleeper('first', ways.completed), sleeper('second', ways.error)];
    await createAll(
      kubectl,
      podOf('init-never', {}, { initContainers, restartPolicy: 'Never' }),
      podOf('init-always', {}, { initContainers }),
    );
    const row = (name: string) => () => k('get', 'pod', name, '--no-headers');
    const never = await eventually('it has failed', row('init-never'), (text) => text.includes('Init:Error'));
    expect(never).toMatch(/^init-never +0\/1 +Init:Error +0 /);
    await eventually('it is tried again', row('init-always'), (text) =>
      / 0\/1 +Init:(Error|CrashLoopBackOff) +[1-9]/.test(text),
    );
    expect((await podNamed('init-never')).status?.phase).toBe('Failed');
    const { stderr } = await kubectl(['logs', 'init-always', '-c', 'init-always']);
    expect(stderr).toContain('container "init-always" in pod "init-always" is waiting to start: PodInitializing');
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
  const { kubectl, k } = useTestCluster();
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
    const reader = podOf('reader', { volumeMounts }, { volumes: diary });
    await createAll(kubectl, reader);
    await k('wait', '--for=condition=Ready', 'pod/reader', '--timeout=60s');
  });

  it('start in their turn among the init containers, and end after the others from the last to the first', async () => {
    const initContainers = [sidecar('first'), once('init'), sidecar('second')];
    const spec = { initContainers, volumes: diary, terminationGracePeriodSeconds: 30 };
    await createAll(kubectl, podOf('three', writer('main'), spec));
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
