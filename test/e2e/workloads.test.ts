import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from '../helpers/kubectl.ts';
import { createAll, workloadOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const stateful = fileURLToPath(new URL('manifests/stateful.yaml', import.meta.url));

const finalizers = 'jsonpath={.metadata.finalizers}{.items[*].metadata.finalizers}';

describe('workloads under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const node = (script: string) => ['--image=web:1', '--', 'node', '-e', script];

  describe('a StatefulSet', () => {
    beforeAll(async () => {
      await k('apply', '-f', stateful);
      await k('rollout', 'status', 'statefulset/store', '--timeout=30s');
    });

    it('gives its pods names, claims and names in DNS', async () => {
      expect(await k('get', 'pods,pvc', '-l', 'app=store', '-o', 'name')).toBe(
        'pod/store-0\npod/store-1\npersistentvolumeclaim/data-store-0\npersistentvolumeclaim/data-store-1\n',
      );
      expect(await k('get', 'statefulset', 'store')).toMatch(/^NAME +READY +AGE\nstore +2\/2 +\d+s\n$/);
      expect(await k('exec', 'store-0', '--', 'curl', '-s', 'http://store-1.store:3000')).toContain('hello');
      expect(await k('describe', 'statefulset', 'store')).toContain(
        'create Pod store-0 in StatefulSet store successful',
      );
    });

    it('rolls out in reverse order, keeps its history and goes back', async () => {
      await k('set', 'image', 'statefulset/store', 'web=web:2');
      await k('rollout', 'status', 'statefulset/store', '--timeout=30s');
      expect(await k('rollout', 'history', 'statefulset/store')).toMatch(/^1 .*\n2 /m);
      await k('rollout', 'undo', 'statefulset/store');
      await k('rollout', 'status', 'statefulset/store', '--timeout=30s');
      expect(await k('get', 'pod', 'store-0', '-o', 'jsonpath={.spec.containers[0].image}')).toBe('web:1');
    });

    it('gives up its last pod when it shrinks, and keeps the data', async () => {
      await k('scale', 'statefulset/store', '--replicas=1');
      await k('wait', '--for=delete', 'pod/store-1', '--timeout=20s');
      expect(await k('get', 'pvc', 'data-store-1', '-o', 'name')).toContain('data-store-1');
      await k('delete', '-f', stateful);
    });
  });

  it('a DaemonSet has a pod on the node and rolls out', async () => {
    await createAll(kubectl, workloadOf('DaemonSet', 'agent', { image: 'web:1' }));
    await k('rollout', 'status', 'daemonset/agent', '--timeout=20s');
    expect(await k('get', 'daemonset', 'agent', '--no-headers')).toMatch(/^agent +1 +1 +1 +1 +1 +<none> /);
    await k('set', 'image', 'daemonset/agent', 'agent=web:2');
    await k('rollout', 'status', 'daemonset/agent', '--timeout=20s');
    expect(await k('get', 'pods', '-l', 'app=agent', '-o', 'jsonpath={.items[*].spec.containers[0].image}')).toBe(
      'web:2',
    );
    await k('delete', 'daemonset', 'agent');
  });

  it('a Job runs to its end, and its log stays', async () => {
    await k('create', 'job', 'once', ...node('console.log("packed")'));
    await k('wait', '--for=condition=complete', 'job/once', '--timeout=20s');
    expect(await k('logs', 'job/once')).toBe('packed\n');
    expect(await k('get', 'job', 'once')).toMatch(
      /^NAME +STATUS +COMPLETIONS +DURATION +AGE\nonce +Complete +1\/1 +\d+s /,
    );
    expect(await k('describe', 'job', 'once')).toMatch(/0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed/);
    expect(await k('get', 'pods', '-l', 'job-name=once', '-o', finalizers)).toBe('');
    await k('delete', 'job', 'once');
    await eventually(
      'its pod goes with it',
      () => k('get', 'pods', '-o', 'name'),
      (names) => !names.includes('once'),
    );
  });

  it('a Job that may not fail again has failed, and says why', async () => {
    const container = { name: 'a', image: 'web:1', command: ['node', '-e', 'process.exit(3)'] };
    const template = { spec: { restartPolicy: 'Never', containers: [container] } };
    const spec = { backoffLimit: 0, template };
    await createAll(kubectl, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'bad' }, spec });
    await k('wait', '--for=condition=failed', 'job/bad', '--timeout=20s');
    expect(await k('get', 'job', 'bad', '-o', 'jsonpath={.status.conditions[*].reason}')).toContain(
      'BackoffLimitExceeded',
    );
    await k('patch', 'job', 'bad', '-p', '{"spec":{"ttlSecondsAfterFinished":1}}');
    await eventually(
      'it goes by itself',
      () => k('get', 'jobs', '-o', 'name'),
      (names) => names === '',
    );
  });

  it('a Job counts a pod that is deleted by hand, and holds none back when it is gone itself', async () => {
    await k('create', 'job', 'long', ...node('setInterval(() => {}, 1000)'));
    const podsOfJob = (): Promise<string> => k('get', 'pods', '-l', 'job-name=long', '-o', 'name');
    const [first = ''] = (await eventually('its pod', podsOfJob, Boolean)).split('\n');
    expect(await k('get', first, '-o', finalizers)).toBe('["batch.kubernetes.io/job-tracking"]');
    await k('delete', first, '--grace-period=1');
    await eventually(
      'the next one',
      () => k('get', 'job', 'long', '-o', 'jsonpath={.status.failed} {.status.active}'),
      (counts) => counts === '1 1',
    );
    const [next = ''] = (await eventually('its pod', podsOfJob, Boolean)).split('\n');
    await k('delete', 'job', 'long', '--cascade=orphan');
    await eventually(
      'the orphan is free',
      () => k('get', next, '-o', finalizers),
      (left) => left === '',
    );
    await k('delete', next, '--grace-period=1');
    expect(await podsOfJob()).toBe('');
  });

  it('a Job of pods that restart forever is refused with the reason', async () => {
    const template = { spec: { containers: [{ name: 'a', image: 'web:1' }] } };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { template } };
    const { stderr } = await send(kubectl, job, 'apply');
    expect(stderr).toContain('spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"');
  });

  it('a CronJob is shown, can be run by hand, and refuses a schedule that is none', async () => {
    await k('create', 'cronjob', 'tidy', '--schedule=0 3 * * *', ...node('console.log("tidy")'));
    expect(await k('get', 'cronjob', 'tidy', '--no-headers')).toMatch(/^tidy +0 3 \* \* \* +<none> +False +0 +<none> /);
    await k('create', 'job', 'by-hand', '--from=cronjob/tidy');
    await k('wait', '--for=condition=complete', 'job/by-hand', '--timeout=20s');
    const { stderr } = await kubectl(['create', 'cronjob', 'bad', '--schedule=often', ...node('')]);
    expect(stderr).toContain('spec.schedule: Invalid value: "often": expected exactly 5 fields, found 1: [often]');
    await k('delete', 'cronjob', 'tidy');
  });

  describe('a toolbox', () => {
    beforeAll(async () => {
      await k('run', 'web', '--image=web:1', '--port=3000', '--expose');
      await k('wait', 'pod/web', '--for=condition=Ready', '--timeout=20s');
    });

    it('looks at the network from inside, fed through its input', async () => {
      const run = ['run', 'tools', '-i', '--rm', '--restart=Never', '--image=toolbox', '--quiet', '--', 'sh'];
      const { stdout } = await kubectl(run, { input: 'hostname\ncurl -s http://web:3000\nnslookup web\n' });
      expect(stdout).toContain('tools\nhello');
      expect(stdout).toContain('web.default.svc.cluster.local');
      expect((await kubectl(['get', 'pod', 'tools'])).stderr).toContain('NotFound');
    });

    it('ends with the exit code of what it ran', async () => {
      const run = ['run', 'ends', '-i', '--rm', '--restart=Never', '--image=busybox', '--', 'sh', '-c', 'exit 4'];
      expect((await kubectl(run)).code).toBe(4);
    });

    it('debugs a running pod from within its network', async () => {
      await k('debug', 'web', '-c', 'look', '--image=toolbox', '--', 'curl', '-s', 'http://localhost:3000');
      const state = 'jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}';
      await eventually(
        'it has ended',
        () => k('get', 'pod', 'web', '-o', state),
        (code) => code === '0',
      );
      expect(await k('logs', 'web', '-c', 'look')).toContain('hello');
      expect(await k('get', 'pod', 'web', '--no-headers')).toMatch(/^web +1\/1 +Running +0 /);
      const again = ['debug', 'web', '-i', '-c', 'typed', '--image=toolbox', '--quiet', '--', 'sh'];
      const typed = await kubectl(again, { input: 'curl -s http://localhost:3000; exit\n' });
      expect(typed.stdout).toContain('hello');
    });
  });
});
