/** Verbs of an incident that the other files do not come by: debug copies and nodes, ports of all targets, tokens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlEnv, kubectlPath } from '../helpers/kubectl.ts';
import { createAll } from '../helpers/pods.ts';
import { eventually, type Finished } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/web.yaml', import.meta.url));

describe('in an incident', () => {
  const { lab, kubectl, k } = useTestCluster();
  let pod: string;
  const ended = (name: string) => k('wait', '--for=jsonpath={.status.phase}=Succeeded', name, '--timeout=60s');

  beforeAll(async () => {
    await k('create', 'configmap', 'settings', '--from-literal=mode=fast');
    await k('apply', '-f', manifest);
    await k('set', 'env', 'deployment/web', '--from=configmap/settings');
    await k('rollout', 'status', 'deployment/web', '--timeout=60s');
    pod = (await k('get', 'pods', '-o', 'name')).trim().replace('pod/', '');
  });

  it('debug --copy-to: a copy has what the pod has, and a container beside it or another command', async () => {
    const container = (of: string, path: string) => k('get', 'pod', of, '-o', `jsonpath={.spec.containers[0]${path}}`);
    await k('debug', pod, '--copy-to=copy', '-c', 'look', '--image=toolbox', '--keep-readiness', '--', 'sleep', '3600');
    await k('wait', '--for=condition=Ready', 'pod/copy', '--timeout=60s');
    expect(await k('exec', 'copy', '-c', 'web', '--', 'sh', '-c', 'echo $GREETING $MODE')).toBe('web fast\n');
    expect(await k('exec', 'copy', '-c', 'look', '--', 'curl', '-s', 'http://localhost:3000')).toBe('hello from web\n');
    for (const part of ['.image', '.resources', '.readinessProbe', '.env']) {
      expect(await container('copy', part)).toBe(await container(pod, part));
    }
    await k('debug', pod, '--copy-to=shell', '--container=web', '--image=toolbox', '--', 'sleep', '3600');
    await k('wait', '--for=condition=Ready', 'pod/shell', '--timeout=60s');
    expect(await container('shell', '.image')).toBe('toolbox');
    expect(await k('exec', 'shell', '--', 'printenv', 'MODE')).toBe('fast\n');
    await k('delete', 'pod', 'copy', 'shell', '--now');
  });

  it('debug node: a pod on the node that has its files at /host and shares its namespaces', async () => {
    const made = await k('debug', 'node/node-1', '--image=toolbox', '--', 'ls', '-d', '/host');
    const [, name = ''] = /^Creating debugging pod (\S+) with container debugger on node node-1\.$/m.exec(made) ?? [];
    await ended(`pod/${name}`);
    expect(await k('logs', name)).toContain('/host');
    const spec = '{.spec.nodeName} {.spec.hostNetwork} {.spec.hostPID} {.spec.volumes[0].hostPath.path}';
    expect(await k('get', 'pod', name, '-o', `jsonpath=${spec}`)).toBe('node-1 true true /');
  });

  it('create job --from: the Job has all that the CronJob has', async () => {
    const container = {
      name: 'tidy',
      image: 'toolbox',
      command: ['sh', '-c', 'cat /conf/mode; echo; echo $MODE'],
      envFrom: [{ configMapRef: { name: 'settings' }, prefix: '' }],
      env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }],
      volumeMounts: [{ name: 'conf', mountPath: '/conf' }],
    };
    const volumes = [{ name: 'conf', configMap: { name: 'settings' } }];
    const template = { spec: { restartPolicy: 'Never', containers: [container], volumes } };
    const spec = { schedule: '0 3 * * *', suspend: true, jobTemplate: { spec: { template } } };
    await createAll(kubectl, { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tidy' }, spec });
    await k('create', 'job', 'now', '--from=cronjob/tidy');
    await k('wait', '--for=condition=complete', 'job/now', '--timeout=60s');
    expect(await k('logs', 'job/now')).toBe('fast\nfast\n');
  });

  it.for(['pod', 'deployment', 'service'])('port-forward: to a %s', async (kind) => {
    const target = kind === 'pod' ? `pod/${pod}` : `${kind}/web`;
    const child = spawn(kubectlPath(), ['port-forward', target, kind === 'service' ? ':80' : ':3000'], {
      env: kubectlEnv(lab.cluster.kubeconfigPath),
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+) -> 3000/.exec(line.toString()) ?? [];
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('hello from web\n');
    child.kill();
    await once(child, 'close');
  });

  it('auth whoami and create token: who one is, and a token for another who is known', async () => {
    expect(await k('auth', 'whoami')).toMatch(/^Username +kubernetes-admin$/m);
    await k('create', 'serviceaccount', 'robot');
    const token = await k('create', 'token', 'robot', '--bound-object-kind=Pod', `--bound-object-name=${pod}`);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({
      sub: 'system:serviceaccount:default:robot',
      'kubernetes.io': { pod: { name: pod } },
    });
    expect((await kubectl(['create', 'token', 'nobody'])).stderr).toBe(
      'error: failed to create token: serviceaccounts "nobody" not found\n',
    );
  });

  it('top: pods with their containers, and the sum', async () => {
    await eventually(
      'metrics',
      () => kubectl(['top', 'pods', '--containers', '--no-headers']),
      ({ stdout }: Finished) => /^web-\S+ +web +\d+m +\d+Mi/m.test(stdout),
    );
    expect(await k('top', 'pods', '--sum')).toMatch(/_+ +_+ +\n +\d+m +\d+Mi/);
  });

  it('label, annotate and taint: take, refuse to overwrite, and give back', async () => {
    expect(await k('label', 'pod', pod, 'seen=yes')).toBe(`pod/${pod} labeled\n`);
    expect((await kubectl(['label', 'pod', pod, 'seen=no'])).stderr).toBe(
      "error: 'seen' already has a value (yes), and --overwrite is false\n",
    );
    expect(await k('label', 'pod', pod, 'seen-')).toBe(`pod/${pod} unlabeled\n`);
    await k('annotate', 'pod', pod, 'note=first');
    expect(await k('annotate', 'pod', pod, '--list')).toContain('note=first\n');
    await k('taint', 'node', 'node-1', 'disk=slow:PreferNoSchedule');
    expect(await k('describe', 'node', 'node-1')).toMatch(/^Taints: +disk=slow:PreferNoSchedule$/m);
    expect(await k('taint', 'node', 'node-1', 'disk-')).toBe('node/node-1 untainted\n');
  });

  it('a label taken away gives the pod up: another comes in its place', async () => {
    await k('label', 'pod', pod, 'app-');
    await k('rollout', 'status', 'deployment/web', '--timeout=60s');
    expect((await k('get', 'pods', '-l', 'app=web', '-o', 'name')).trim()).not.toContain(pod);
    expect(await k('get', 'pod', pod, '-o', 'jsonpath={.metadata.ownerReferences}')).toBe('');
  });
});
