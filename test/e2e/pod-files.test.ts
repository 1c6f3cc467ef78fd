/** What a pod sees of ConfigMaps, Secrets and itself: in files, which follow a change, and in variables, which do not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createAll, podOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const amount = (name: string, resource: string, divisor?: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, ...(divisor ? { divisor } : {}) } },
});

const reader = podOf(
  'reader',
  {
    env: [
      { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
      { name: 'OPTIONAL', valueFrom: { configMapKeyRef: { name: 'absent', key: 'mode', optional: true } } },
      field('POD', 'metadata.name'),
      field('NAMESPACE', 'metadata.namespace'),
      field('IP', 'status.podIP'),
      field('NODE', 'spec.nodeName'),
      field('NODE_IP', 'status.hostIP'),
      field('ACCOUNT', 'spec.serviceAccountName'),
      field('TIER', "metadata.labels['tier']"),
      amount('MEMORY', 'limits.memory', '1Mi'),
      amount('CPU', 'limits.cpu'),
      { name: 'GREETING', value: 'I am $(POD), not $$(POD) nor $(NOBODY)' },
    ],
    resources: { limits: { memory: '64Mi', cpu: '1500m' } },
    volumeMounts: [
      { name: 'conf', mountPath: '/conf' },
      { name: 'conf', mountPath: '/etc/app/mode', subPath: 'mode' },
      { name: 'keys', mountPath: '/keys', readOnly: true },
      { name: 'about', mountPath: '/about' },
      { name: 'scratch', mountPath: '/logs', subPathExpr: 'logs/$(POD)' },
      { name: 'scratch', mountPath: '/scratch' },
    ],
  },
  {
    volumes: [
      { name: 'conf', configMap: { name: 'settings' } },
      { name: 'keys', secret: { secretName: 'keys', items: [{ key: 'password', path: 'db/password' }] } },
      {
        name: 'about',
        downwardAPI: { items: [{ path: 'note', fieldRef: { fieldPath: "metadata.annotations['note']" } }] },
      },
      { name: 'scratch', emptyDir: {} },
    ],
  },
  { labels: { tier: 'front' }, annotations: { note: 'one' } },
);

describe('files and variables of a pod under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const sh = (script: string) => k('exec', 'reader', '--', 'sh', '-c', script);
  const status = (path: string) => k('get', 'pod', 'reader', '-o', `jsonpath={.status${path}}`);

  beforeAll(async () => {
    await k('create', 'configmap', 'settings', '--from-literal=mode=fast', '--from-literal=old=yes');
    await k('create', 'secret', 'generic', 'keys', '--from-literal=password=first', '--from-literal=other=x');
    await createAll(kubectl, reader);
    await k('wait', '--for=condition=Ready', 'pod/reader', '--timeout=60s');
  });

  it('variables: of keys, of the pod and its resources, and of each other', async () => {
    const printed = await k('exec', 'reader', '--', 'env');
    const [ip, hostIp] = [await status('.podIP'), await status('.hostIP')];
    const lines = [
      'MODE=fast',
      'POD=reader',
      'NAMESPACE=default',
      `IP=${ip}`,
      'NODE=node-1',
      `NODE_IP=${hostIp}`,
      'ACCOUNT=default',
      'TIER=front',
      'MEMORY=64',
      'CPU=2',
      'GREETING=I am reader, not $(POD) nor $(NOBODY)',
    ];
    expect(printed.split('\n')).toEqual(expect.arrayContaining(lines));
    expect(printed).not.toContain('OPTIONAL');
    expect(await k('describe', 'pod', 'reader')).toMatch(
      /MODE: +<set to the key 'mode' of config map 'settings'> +Optional: false\n/,
    );
  });

  it('files follow their object: changed, new and removed keys; not by subPath, and not in variables', async () => {
    expect(await sh('cat /conf/mode /etc/app/mode /keys/db/password /about/note; ls /keys')).toBe(
      'fastfastfirstonedb\n',
    );
    await k('patch', 'configmap', 'settings', '-p', '{"data":{"mode":"slow","new":"1","old":null}}');
    await k('patch', 'secret', 'keys', '-p', '{"stringData":{"password":"second"}}');
    await k('annotate', 'pod', 'reader', 'note=two', '--overwrite');
    await eventually(
      'all have changed',
      () => sh('cat /conf/mode /keys/db/password /about/note'),
      (text) => text === 'slowsecondtwo',
    );
    expect(await sh('ls /conf; cat /etc/app/mode; echo; echo $MODE')).toBe('mode\nnew\nfast\nfast\n');
  });

  it('what is mounted by subPath is the new one after a restart of the container', async () => {
    // The probes of a Node process are none: what ends here is the first process of the container.
    await k(
      'patch',
      'pod',
      'reader',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/containers/0/image","value":"busybox"}]',
    );
    await eventually(
      'it was restarted',
      () => status('.containerStatuses[0].restartCount'),
      (n) => n === '1',
    );
    await k('wait', '--for=condition=Ready', 'pod/reader', '--timeout=60s');
    expect(await sh('cat /etc/app/mode; echo; echo $MODE')).toBe('slow\nslow\n');
  });

  it('a folder of a volume can be named by a variable, and lies in the volume', async () => {
    await sh('echo written > /logs/today');
    expect(await sh('cat /scratch/logs/reader/today')).toBe('written\n');
  });

  it('paths are those of the pod, whoever lists them', async () => {
    expect(await sh('ls /conf /keys')).toBe('/conf:\nmode\nnew\n\n/keys:\ndb\n');
    expect((await kubectl(['exec', 'reader', '--', 'sh', '-c', 'cat /conf/none; ls /keys/none'])).stderr).toBe(
      "cat: can't open '/conf/none': No such file or directory\nls: /keys/none: No such file or directory\ncommand terminated with exit code 1\n",
    );
  });

  it('a Secret that is mounted read-only cannot be written', async () => {
    const refused = await kubectl(['exec', 'reader', '--', 'sh', '-c', 'echo x > /keys/db/password']);
    expect(refused.code).not.toBe(0);
    expect(await sh('cat /keys/db/password')).toBe('second');
  });
});
