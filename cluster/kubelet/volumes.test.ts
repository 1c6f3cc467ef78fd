import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigMap, Pod } from '../objects/types.ts';
import { mountsOf, mountVolumes, type VolumeContext } from './volumes.ts';

type Volumes = NonNullable<NonNullable<Pod['spec']>['volumes']>;

function contextWith(
  volumes: Volumes,
  configMap?: ConfigMap,
  root = mkdtempSync(join(tmpdir(), 'volumes-')),
): VolumeContext {
  return {
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'production', uid: 'u' },
      spec: { containers: [], volumes },
    },
    sources: { configMap: () => configMap, secret: () => undefined, services: () => [], allocatable: {} },
    addresses: { podIP: '10.42.0.5', hostIP: '172.20.0.10' },
    token: () => undefined,
    podDir: join(root, 'pod'),
    volumesDir: join(root, 'volumes'),
    claim: () => undefined,
    persistentVolume: () => undefined,
  };
}

function configMap(data: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data };
}

describe('mountVolumes', () => {
  it('shows a ConfigMap as files and follows its changes', () => {
    const volumes = [{ name: 'conf', configMap: { name: 'conf' } }];
    const before = contextWith(volumes, configMap({ a: '1', b: '2' }));
    const folder = mountVolumes(before).get('conf') ?? '';
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'b']);
    mountVolumes(contextWith(volumes, configMap({ b: '3' }), join(before.podDir, '..')));
    expect(readdirSync(folder)).toEqual(['b']);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('3');
  });

  it('says which volume cannot be mounted and why', () => {
    const missing = contextWith([{ name: 'conf', configMap: { name: 'conf' } }]);
    expect(() => mountVolumes(missing)).toThrow(
      'MountVolume.SetUp failed for volume "conf" : configmap "conf" not found',
    );
    const items = [{ key: 'x', path: 'x' }];
    const noKey = contextWith([{ name: 'conf', configMap: { name: 'conf', items } }], configMap({ a: '1' }));
    expect(() => mountVolumes(noKey)).toThrow('references non-existent config key: x');
  });

  it('names the key of a Secret that is not there', () => {
    const volumes = [{ name: 'certs', secret: { secretName: 'tls', items: [{ key: 'tls.key', path: 'key' }] } }];
    const context = contextWith(volumes);
    context.sources.secret = () => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls' }, data: {} });
    expect(() => mountVolumes(context)).toThrow('references non-existent secret key: tls.key');
  });

  it('tries each volume and says of each why it cannot be mounted', () => {
    const missing = contextWith([
      { name: 'conf', configMap: { name: 'conf' } },
      { name: 'tmp', emptyDir: {} },
      { name: 'certs', secret: { secretName: 'tls' } },
      { name: 'data', hostPath: { path: '/data', type: 'Directory' } },
    ]);
    expect(() => mountVolumes(missing)).toThrow(
      expect.objectContaining({
        messages: [
          'MountVolume.SetUp failed for volume "conf" : configmap "conf" not found',
          'MountVolume.SetUp failed for volume "certs" : secret "tls" not found',
          'MountVolume.SetUp failed for volume "data" : hostPath type check failed: /data is not a directory',
        ],
      }),
    );
  });

  it('do not mount a part whose name nobody knows', () => {
    const context = contextWith([{ name: 'data', emptyDir: {} }]);
    const volumes = mountVolumes(context);
    const volumeMounts = [{ name: 'data', mountPath: '/data', subPathExpr: '$(POD)/$(ZONE)/$$(x)' }];
    const { pod, podDir } = context;
    const mount = (env: Record<string, string>) =>
      mountsOf({ name: 'app', volumeMounts }, pod, { volumes, podDir, env });
    expect(() => mount({ POD: '' })).toThrow('missing value for POD, ZONE');
    expect(mount({ POD: 'web', ZONE: 'a' })[0]?.hostPath).toMatch(/data\/web\/a\/\$\(x\)$/);
  });

  it('never reaches outside its folders', () => {
    const context = contextWith([{ name: 'host', hostPath: { path: '/../../etc' } }]);
    const mounted = mountVolumes(context);
    expect(mounted.get('host')).toBe(join(context.volumesDir, 'host', 'etc'));
    expect(existsSync(join(context.volumesDir, 'host', 'etc'))).toBe(true);
    const volumeMounts = [{ name: 'host', mountPath: '/data', subPath: '../../../passwd' }];
    const { pod, podDir } = context;
    const [mount] = mountsOf({ name: 'app', volumeMounts }, pod, { volumes: mounted, podDir, env: {} });
    expect(mount?.hostPath).toBe(join(context.volumesDir, 'host', 'etc', 'passwd'));
  });
});
