import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { configMaps, nodes, pods } from '../client/resources.ts';
import { createNodeUnderTest } from './testing/node-under-test.ts';

describe('the kubelet', () => {
  it('registers a node that is ready for pods', async () => {
    await using node = await createNodeUnderTest();
    const { status } = await node.client.get(nodes, 'node-1');
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
    });
    expect(status?.addresses).toContainEqual({ type: 'InternalIP', address: '172.20.0.10' });
  });

  // As recorded in a-missing-env: Error stands for the whole back-off, restarts at 0, 10, 30 and 70 s.
  it('restarts what fails with a growing back-off', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { exits: { afterMs: 100, exitCode: 1 } });
    await node.createPod({ image: 'web:v1' });
    const begin = node.runtime.started[0]?.atMs ?? 0;
    await node.advance(2000);
    expect(await node.state()).toBe('Error 1');
    await node.advance(5000);
    expect(await node.state()).toBe('Error 1');
    await node.advance(80_000);
    const starts = node.runtime.started.map(({ atMs }) => Math.round((atMs - begin) / 1000));
    expect(starts).toEqual([0, 0, 10, 30, 70]);
  });

  // As recorded in n-bad-command (exit-zero): `Completed` stands for the whole back-off, however short the runs are.
  it('shows how a container ended before it shows the back-off', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const write = node.client.updateStatus.bind(node.client);
    vi.spyOn(node.client, 'updateStatus').mockImplementation((...args) => {
      node.runtime.endAll(0);
      return write(...args);
    });
    await node.createPod({ image: 'web:v1' });
    await node.advance(5000);
    expect(await node.state()).toBe('Completed 1');
  });

  // As recorded in z-friday-afternoon: a readiness probe has the pod looked at again a second after the end.
  it('shows the back-off of a container with a readiness probe', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { exits: { afterMs: 100, exitCode: 1 } });
    await node.createPod({ image: 'web:v1', readinessProbe: { httpGet: { path: '/', port: 8080 } } });
    await node.advance(3000);
    expect(await node.state()).toBe('CrashLoopBackOff 1');
    const pod = await node.getPod();
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      `back-off 10s restarting failed container=app pod=web_production(${pod.metadata.uid})`,
    );
  });

  // As recorded in b-image-missing: ErrImagePull and ImagePullBackOff take turns.
  it('pulls a missing image again and again, and starts when it appears', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v2.0' });
    await node.advance(1000);
    expect(await node.state()).toBe('ErrImagePull 0');
    expect(await node.eventTexts('Failed')).toContain(
      'Failed to pull image "web:v2.0": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/web:v2.0": failed to resolve image: docker.io/library/web:v2.0: not found',
    );
    await node.advance(10_000);
    expect(await node.state()).toBe('ImagePullBackOff 0');
    await node.advance(10_000);
    expect(await node.state()).toBe('ErrImagePull 0');
    node.runtime.programs.set('web:v2.0', {});
    await node.advance(60_000);
    expect(await node.state()).toBe('Running 0');
  });

  it('asks a registry for what it has itself, when the policy is Always, and is refused', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:latest', {});
    await node.createPod({ image: 'web:latest' });
    await node.advance(1000);
    expect(await node.state()).toBe('ErrImagePull 0');
    expect(await node.eventTexts('Failed')).toContain(
      'Failed to pull image "web:latest": failed to pull and unpack image "docker.io/library/web:latest": failed to resolve image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    );
    await node.advance(10_000);
    expect(await node.state()).toBe('ImagePullBackOff 0');
  });

  it('pulls anew what came from a registry', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('registry.example/team/web:latest', {});
    await node.createPod({ image: 'registry.example/team/web:latest' });
    await node.advance(1000);
    expect(await node.state()).toBe('Running 0');
    expect(await node.eventTexts('Pulled')).toEqual([
      'Successfully pulled image "registry.example/team/web:latest" in 0ms (0ms including waiting). Image size: 0 bytes.',
    ]);
  });

  it('waits for the configuration that a container refers to', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1', envFrom: [{ configMapRef: { name: 'app-config' } }] });
    await node.advance(1000);
    expect(await node.state()).toBe('CreateContainerConfigError 0');
    expect(await node.eventTexts('Failed')).toEqual(['Error: configmap "app-config" not found']);
    await node.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'app-config', namespace: 'production' },
      data: { MODE: 'live' },
    });
    await node.advance(20_000);
    expect(node.runtime.started.at(-1)?.spec.env).toMatchObject({ MODE: 'live' });
  });

  it('says that a pull secret is missing, and starts all the same', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' }, { imagePullSecrets: [{ name: 'registry' }] });
    expect(await node.state()).toBe('Running 0');
    expect((await node.eventTexts('FailedToRetrieveImagePullSecret'))[0]).toBe(
      'Unable to retrieve some image pull secrets (registry); attempting to pull the image may not succeed.',
    );
  });

  it('shows a ConfigMap in a volume, and its changes', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'site', namespace: 'production' },
      data: { 'index.html': 'one' },
    };
    const volumes = [{ name: 'site', configMap: { name: 'site' } }];
    await node.createPod({ image: 'web:v1', volumeMounts: [{ name: 'site', mountPath: '/srv' }] }, { volumes });
    expect(await node.state()).toBe('ContainerCreating 0');
    expect(await node.eventTexts('FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "site" : configmap "site" not found',
    ]);
    await node.client.create(configMaps, map);
    await node.advance(5000);
    const hostPath = node.runtime.started[0]?.spec.mounts.find(({ mountPath }) => mountPath === '/srv')?.hostPath ?? '';
    expect(readFileSync(join(hostPath, 'index.html'), 'utf8')).toBe('one');
    await node.client.patch(configMaps, 'site', { data: { 'index.html': 'two' } }, { namespace: 'production' });
    await node.advance(200);
    expect(readFileSync(join(hostPath, 'index.html'), 'utf8')).toBe('two');
  });

  // As recorded in c-wrong-liveness-port: three refusals, thirty seconds of grace, exit 137, ready all the while.
  it('kills and restarts a container whose liveness probe fails', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10, failureThreshold: 3 };
    await node.createPod({ image: 'web:v1', livenessProbe });
    await node.advance(31_000);
    expect(await node.eventTexts('Unhealthy')).toEqual([
      'Liveness probe failed: Get "http://10.42.0.5:8080/healthz": dial tcp 10.42.0.5:8080: connect: connection refused',
    ]);
    expect(await node.eventTexts('Killing')).toEqual(['Container app failed liveness probe, will be restarted']);
    expect(await node.state()).toBe('Running 0');
    await node.advance(30_000);
    expect(await node.state()).toBe('Running 1');
    const last = (await node.getPod()).status?.containerStatuses?.[0]?.lastState?.terminated;
    expect(last).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  it('reports a process that cannot be started', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {
      startError: 'exec: "/app/start.sh": stat /app/start.sh: no such file or directory',
    });
    await node.createPod({ image: 'web:v1' });
    await node.advance(1000);
    expect(await node.state()).toBe('RunContainerError 0');
    const last = (await node.getPod()).status?.containerStatuses?.[0]?.lastState?.terminated;
    expect(last).toMatchObject({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' });
  });

  it('gives a deleted pod its grace, then removes it', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 2000 });
    await node.createPod({ image: 'web:v1' });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(1000);
    expect((await node.getPod()).metadata.deletionTimestamp).toBeDefined();
    expect(await node.eventTexts('Killing')).toEqual(['Stopping container app']);
    await node.advance(1500);
    await expect(node.getPod()).rejects.toThrow('pods "web" not found');
    expect(node.runtime.running()).toBe(0);
  });

  it('kills a deleted pod that ignores SIGTERM when a shorter grace is asked for', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(3000);
    await node.client.delete(pods, 'web', { namespace: 'production', gracePeriodSeconds: 1 });
    await node.advance(1500);
    await expect(node.getPod()).rejects.toThrow('pods "web" not found');
  });

  it('ends what ran when a pod was removed by force', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' });
    await node.client.delete(pods, 'web', { namespace: 'production', gracePeriodSeconds: 0 });
    await node.advance(3000);
    expect(node.runtime.running()).toBe(0);
  });

  it('runs a pod to its end once when it is never to be restarted', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('job:v1', { exits: { afterMs: 500, exitCode: 0 } });
    await node.createPod({ image: 'job:v1' }, { restartPolicy: 'Never' });
    await node.advance(5000);
    const { status } = await node.getPod();
    expect(status?.phase).toBe('Succeeded');
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'PodCompleted',
    });
    expect(node.runtime.started).toHaveLength(1);
  });

  it('does not write a status that has not changed', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' });
    await node.advance(1000);
    const before = (await node.getPod()).metadata.resourceVersion;
    await node.advance(300_000);
    expect((await node.getPod()).metadata.resourceVersion).toBe(before);
  });
});
