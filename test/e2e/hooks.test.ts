/** postStart, preStop and the grace, written down by the containers themselves in a folder of the node. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventOf } from '../helpers/events.ts';
import { send } from '../helpers/kubectl.ts';
import { createAll, podOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const diary = { name: 'diary', hostPath: { path: '/diary' } };
const volumeMounts = [{ name: 'diary', mountPath: '/diary' }];
const sh = (script: string) => ({ exec: { command: ['sh', '-c', script] } });
/** Lives until it is told to end, and says so. */
const polite = (name: string) => [
  'sh',
  '-c',
  `trap 'echo ${name} term >> /diary/log; exit 0' TERM; while :; do sleep 0.1; done`,
];
const inDiary = (name: string, container: Parameters<typeof podOf>[1], graceSeconds = 10) =>
  podOf(name, { ...container, volumeMounts }, { volumes: [diary], terminationGracePeriodSeconds: graceSeconds });

const deaf = { command: ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"] };

const pods = [
  inDiary('reader', {}, 1),
  inDiary('both', {
    command: polite('both'),
    lifecycle: {
      postStart: sh('echo both started >> /diary/log'),
      preStop: sh('echo both stops >> /diary/log'),
    },
  }),
  inDiary('slow', {
    command: polite('slow'),
    lifecycle: { postStart: sh('while [ ! -e /diary/go ]; do sleep 0.1; done; echo slow started >> /diary/log') },
  }),
  inDiary('fails', { command: polite('fails'), lifecycle: { postStart: sh('echo no luck; exit 3') } }),
  inDiary('bad-end', { command: polite('bad-end'), lifecycle: { preStop: sh('exit 1') } }),
  inDiary('web', { image: 'web:1', lifecycle: { preStop: { httpGet: { path: '/last', port: 3000 } } } }),
  inDiary('deaf', deaf, 2),
  inDiary('sleeps', { command: polite('sleeps'), lifecycle: { preStop: { sleep: { seconds: 2 } } } }),
];

describe('lifecycle hooks under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const field = (pod: string, path: string) => k('get', 'pod', pod, '-o', `jsonpath={.status${path}}`);
  const lines = async (pod: string) =>
    (await k('exec', 'reader', '--', 'cat', '/diary/log')).split('\n').filter((line) => line.startsWith(`${pod} `));
  const secondsToDelete = async (pod: string, ...options: string[]) => {
    const since = Date.now();
    await k('delete', 'pod', pod, ...options);
    return (Date.now() - since) / 1000;
  };

  beforeAll(async () => {
    await createAll(kubectl, ...pods);
    await k(
      'wait',
      '--for=condition=Ready',
      'pod/reader',
      'pod/both',
      'pod/bad-end',
      'pod/web',
      'pod/deaf',
      '--timeout=60s',
    );
  });

  it('a container is not running before its postStart hook has ended', async () => {
    expect(await eventOf(k, 'slow', 'Started')).toBe('Container started');
    expect(await k('get', 'pod', 'slow', '--no-headers')).toMatch(/^slow +0\/1 +ContainerCreating +0 /);
    await k('exec', 'reader', '--', 'touch', '/diary/go');
    await k('wait', '--for=condition=Ready', 'pod/slow', '--timeout=60s');
    expect(await lines('slow')).toEqual(['slow started']);
  });

  it('postStart after the start, preStop before the signal', async () => {
    await k('delete', 'pod', 'both');
    expect(await lines('both')).toEqual(['both started', 'both stops', 'both term']);
  });

  it('a postStart hook that fails ends its container, which is started again', async () => {
    expect(await eventOf(k, 'fails', 'FailedPostStartHook')).toBe('PostStartHook failed');
    expect(await eventOf(k, 'fails', 'Killing')).toBe('FailedPostStartHook');
    await eventually(
      'a restart',
      () => field('fails', '.containerStatuses[0].restartCount'),
      (n) => Number(n) > 0,
    );
    const waiting = await eventually(
      'it waits',
      () => field('fails', '.containerStatuses[0].state.waiting'),
      (text) => text !== '',
    );
    expect(waiting).toMatch(/"reason":"(PostStartHookError|CrashLoopBackOff)"/);
    expect(await field('fails', '.phase')).toBe('Running');
  });

  it('a preStop hook that fails is an event, and the container is told to end all the same', async () => {
    await k('delete', 'pod', 'bad-end');
    expect(await eventOf(k, 'bad-end', 'FailedPreStopHook')).toBe('PreStopHook failed');
    expect(await lines('bad-end')).toEqual(['bad-end term']);
  });

  it('a preStop hook may ask a port of its container, or just wait', async () => {
    const log = kubectl(['logs', 'web', '--follow']);
    await k('delete', 'pod', 'web');
    expect((await log).stdout).toContain('GET /last');
    expect(await secondsToDelete('sleeps')).toBeGreaterThan(2);
    expect(await lines('sleeps')).toEqual(['sleeps term']);
  });

  it('who does not hear the signal is killed when the grace is over, or at once on demand', async () => {
    const taken = await secondsToDelete('deaf');
    expect(taken).toBeGreaterThan(2);
    expect(taken).toBeLessThan(20);
    await createAll(kubectl, podOf('patient', deaf, { terminationGracePeriodSeconds: 600 }));
    await k('wait', '--for=condition=Ready', 'pod/patient', '--timeout=60s');
    const { stderr } = await kubectl(['delete', 'pod', 'patient', '--grace-period=0', '--force']);
    expect(stderr).toBe(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
    expect((await kubectl(['get', 'pod', 'patient'])).stderr).toContain('NotFound');
  });

  it('a hook without a handler is refused', async () => {
    const wrong = podOf('wrong', { lifecycle: { preStop: {} } });
    expect((await send(kubectl, wrong, 'create')).stderr).toContain(
      'spec.containers[0].lifecycle.preStop: Required value: must specify a handler type',
    );
  });
});
