/** What names and Services lead to, seen from a toolbox in the cluster through the real kubectl. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Finished } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/services.yaml', import.meta.url));

describe('from inside the cluster', () => {
  const { kubectl, k } = useTestCluster();
  const inPod = (...command: string[]): Promise<Finished> => kubectl(['exec', 'tools', '--', ...command]);
  const addressOf = (pod: string) => k('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');
  const lookup = async (name: string): Promise<string[]> => {
    const { stdout } = await inPod('nslookup', name);
    return [...stdout.matchAll(/^Address: (\S+)$/gm)].map(([, address = '']) => address).toSorted();
  };
  /** Which pods answered, in the order of the calls. */
  const ask = async (url: string, times: number): Promise<string[]> => {
    const { stdout } = await inPod('sh', '-c', `for i in ${'x '.repeat(times)}; do curl -s ${url}; done`);
    return stdout.trim().split('\n');
  };

  beforeAll(async () => {
    await k('apply', '-f', manifest);
    await k('rollout', 'status', 'statefulset/peer', '--timeout=60s');
    await k('wait', '--for=condition=Ready', 'pod/tools', '--timeout=60s');
  });

  it('a headless Service is the addresses of its ready pods, and each pod of its StatefulSet has a name', async () => {
    const [first = '', second = ''] = await Promise.all(['peer-0', 'peer-1'].map(addressOf));
    expect(await lookup('peers')).toEqual([first, second].toSorted());
    expect(await lookup('peer-0.peers')).toEqual([first]);
    expect(await lookup('peer-1.peers.default.svc.cluster.local')).toEqual([second]);
    expect(await k('exec', 'peer-1', '--', 'hostname', '-f')).toBe('peer-1.peers.default.svc.cluster.local\n');
    expect(await k('get', 'service', 'peers', '--no-headers')).toMatch(/^peers +ClusterIP +None +<none> +3000\/TCP /);
    expect(await k('describe', 'service', 'peers')).toMatch(/^IP: +None$/m);
  });

  it('a name that nobody has is NXDOMAIN', async () => {
    expect(await inPod('nslookup', 'nobody')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("server can't find nobody.default.svc.cluster.local: NXDOMAIN"),
    });
  });

  it('an ExternalName is another name for what it says', async () => {
    expect(await lookup('alias')).toEqual([await addressOf('peer-1')]);
    expect(await ask('http://alias:3000', 1)).toEqual(['hello from peer-1']);
    expect(await k('get', 'service', 'alias', '--no-headers')).toMatch(
      /^alias +ExternalName +<none> +peer-1\.peers\.default\.svc\.cluster\.local +<none> /,
    );
  });

  it('a target port may be a name, which each pod resolves for itself', async () => {
    expect(new Set(await ask('http://named', 12))).toEqual(new Set(['hello from peer-0', 'hello from peer-1']));
    expect(await k('describe', 'service', 'named')).toMatch(/^TargetPort: +web\/TCP\nEndpoints: +\S+:3000,\S+:3000$/m);
    await k('patch', 'service', 'named', '-p', '{"spec":{"ports":[{"port":80,"targetPort":"nope"}]}}');
    await eventually(
      'no pod has such a port',
      () => k('get', 'endpointslices', '-l', 'kubernetes.io/service-name=named', '-o', 'jsonpath={.items[*].ports[*]}'),
      (ports) => ports === '',
    );
    expect((await inPod('curl', '-sS', 'http://named')).stderr).toContain('Could not connect to server');
  });

  it('with affinity of the client all calls go to one pod, without it to all', async () => {
    expect(new Set(await ask('http://sticky', 12)).size).toBe(1);
    expect(await k('describe', 'service', 'sticky')).toMatch(/^Session Affinity: +ClientIP$/m);
    await k('patch', 'service', 'sticky', '-p', '{"spec":{"sessionAffinity":"None"}}');
    await eventually(
      'both answer',
      () => ask('http://sticky', 12),
      (pods) => new Set(pods).size === 2,
    );
  });

  it('what is said of callers from outside is refused where there are none, and goes with them', async () => {
    const refused = await kubectl(['patch', 'service', 'sticky', '-p', '{"spec":{"externalTrafficPolicy":"Local"}}']);
    expect(refused.stderr).toBe(
      'The Service "sticky" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services\n',
    );
    await k('patch', 'service', 'sticky', '-p', '{"spec":{"type":"NodePort","externalTrafficPolicy":"Local"}}');
    expect(await k('describe', 'service', 'sticky')).toMatch(/^External Traffic Policy: +Local$/m);
    expect(await k('get', 'service', 'sticky', '--no-headers')).toMatch(
      /^sticky +NodePort +\S+ +<none> +80:3\d{4}\/TCP /,
    );
    await k('patch', 'service', 'sticky', '-p', '{"spec":{"type":"ClusterIP"}}');
    expect(await k('describe', 'service', 'sticky')).not.toContain('External Traffic Policy');
  });

  it('only what is ready is led to, save where a Service wants all', async () => {
    const ready = (status: string) => `{"status":{"conditions":[{"type":"example.com/open","status":"${status}"}]}}`;
    await k('wait', '--for=jsonpath={.status.phase}=Running', 'pod/gated', '--timeout=60s');
    expect(await lookup('early')).toEqual([await addressOf('gated')]);
    expect(await lookup('late')).toEqual([]);
    await k('patch', 'pod', 'gated', '--subresource=status', '-p', ready('True'));
    await eventually(
      'it is led to',
      () => lookup('late'),
      (addresses) => addresses.length === 1,
    );
  });
});
