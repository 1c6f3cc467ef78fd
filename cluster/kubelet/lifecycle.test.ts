import { describe, expect, it } from 'vitest';
import { pods } from '../client/resources.ts';
import { createNodeUnderTest } from './testing/node-under-test.ts';

describe('a hook before the end', () => {
  it('runs before the process is told to stop', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', lifecycle: { preStop: { exec: { command: ['leave', 'pool'] } } } });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(2000);
    expect(node.runtime.calls).toEqual(['leave pool', 'SIGTERM']);
  });

  it('takes its time from the grace: who sleeps too long in it is killed', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    await node.createPod({ image: 'web:v1', lifecycle }, { terminationGracePeriodSeconds: 8 });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(4000);
    expect(node.runtime.calls).toEqual([]);
    await node.advance(2000);
    expect(node.runtime.calls).toEqual(['SIGTERM']);
    await node.advance(3000);
    expect(node.runtime.calls).toEqual(['SIGTERM', 'SIGKILL']);
  });
});

describe('a hook before the end that fails', () => {
  it('says so without saying why', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100, execExitCode: 2 });
    await node.createPod({ image: 'web:v1', lifecycle: { preStop: { exec: { command: ['leave'] } } } });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(2000);
    expect(await node.eventTexts('FailedPreStopHook')).toEqual(['PreStopHook failed']);
  });

  it('leaves the container two seconds when it has used up the grace', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { execTakesMs: 60_000 });
    const lifecycle = { preStop: { exec: { command: ['drain'] } } };
    await node.createPod({ image: 'web:v1', lifecycle }, { terminationGracePeriodSeconds: 5 });
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(6000);
    expect(node.runtime.calls).toEqual(['drain', 'SIGTERM']);
    await node.advance(2000);
    expect(node.runtime.calls).toEqual(['drain', 'SIGTERM', 'SIGKILL']);
    expect(await node.eventTexts('FailedPreStopHook')).toEqual(['PreStopHook failed']);
  });
});

describe('a hook after the start', () => {
  const hook = { postStart: { exec: { command: ['register', 'me'] } } };

  it('keeps the container from being reported as running until it has ended', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { execTakesMs: 5000 });
    await node.createPod({ image: 'web:v1', lifecycle: hook });
    await node.advance(3000);
    expect(await node.state()).toBe('ContainerCreating 0');
    await node.advance(3000);
    expect(await node.state()).toBe('Running 0');
  });

  it('ends the container when it fails, and the status says why', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { execExitCode: 1, termTakesMs: 100 });
    const { metadata } = await node.createPod({ image: 'web:v1', lifecycle: hook });
    await node.advance(1000);
    expect(await node.state()).toBe('PostStartHookError 1');
    const [status] = (await node.getPod()).status?.containerStatuses ?? [];
    expect(status?.state?.waiting?.message).toBe(
      `Exec lifecycle hook ([register me]) for Container "app" in Pod "web_production(${metadata.uid})" failed - ` +
        `error: command 'register me' exited with 1: , message: ""`,
    );
    expect(status?.lastState?.terminated?.reason).toBe('Completed');
    expect(await node.eventTexts('FailedPostStartHook')).toEqual(['PostStartHook failed']);
    expect(await node.eventTexts('Killing')).toEqual(['FailedPostStartHook']);
  });
});

describe('a startup probe', () => {
  it('gives the container as many periods as it may fail', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', startupProbe: { tcpSocket: { port: 3000 }, periodSeconds: 5 } });
    await node.advance(14_000);
    expect(await node.eventTexts('Killing')).toEqual([]);
    await node.advance(2000);
    expect(await node.eventTexts('Killing')).toEqual(['Container app failed startup probe, will be restarted']);
  });
});

describe('a probe that cannot be made', () => {
  it('is told as what is unhealthy is', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', livenessProbe: { httpGet: { port: 'http' }, periodSeconds: 5 } });
    await node.advance(6000);
    expect(await node.eventTexts('Unhealthy')).toEqual([
      'Liveness probe errored and resulted in unknown state: strconv.Atoi: parsing "http": invalid syntax',
    ]);
  });
});

describe('a container that must not run as root', () => {
  it('is not started when nobody says as whom it runs', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    const { metadata } = await node.createPod({ image: 'web:v1' }, { securityContext: { runAsNonRoot: true } });
    await node.advance(1000);
    expect(await node.state()).toBe('CreateContainerConfigError 0');
    expect((await node.eventTexts('Failed'))[0]).toBe(
      `Error: container has runAsNonRoot and image will run as root (pod: "web_production(${metadata.uid})", container: app)`,
    );
  });

  it('runs as the user that its pod names', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod(
      { image: 'web:v1' },
      { securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 2000 } },
    );
    await node.advance(1000);
    const [status] = (await node.getPod()).status?.containerStatuses ?? [];
    expect(status?.user?.linux).toEqual({ uid: 1000, gid: 0, supplementalGroups: [0, 2000] });
  });
});

describe('a pod with a sidecar', () => {
  const sidecar = {
    name: 'proxy',
    image: 'web:v1',
    restartPolicy: 'Always',
    resources: { requests: { memory: '32Mi' } },
  };

  it('says at once of all its containers that they are stopped', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' }, { initContainers: [sidecar], terminationGracePeriodSeconds: 10 });
    await node.advance(2000);
    await node.client.delete(pods, 'web', { namespace: 'production' });
    await node.advance(1000);
    expect(node.runtime.calls).toEqual(['SIGTERM']);
    expect((await node.eventTexts('Killing')).toSorted()).toEqual([
      'Stopping container app',
      'Stopping container proxy',
    ]);
  });

  it('needs what its containers need together, or what an init container needs beside the sidecars before it', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { exits: { afterMs: 100, exitCode: 0 } });
    const migrate = { name: 'migrate', image: 'web:v1', resources: { requests: { memory: '256Mi', cpu: '100m' } } };
    await node.createPod(
      { image: 'web:v1', resources: { requests: { memory: '64Mi', cpu: '200m' } } },
      { initContainers: [sidecar, migrate] },
    );
    await node.advance(1000);
    expect((await node.getPod()).status?.allocatedResources).toEqual({ cpu: '200m', memory: '288Mi' });
  });
});

describe('a pod that is over its deadline', () => {
  it('is reported as failed when nothing in it runs any more', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', {});
    await node.createPod({ image: 'web:v1' }, { activeDeadlineSeconds: 5, terminationGracePeriodSeconds: 10 });
    await node.advance(7000);
    expect(await node.eventTexts('DeadlineExceeded')).toHaveLength(1);
    expect(await node.state()).toBe('Running 0');
    await node.advance(10_000);
    expect((await node.getPod()).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });
});

describe('an exec probe', () => {
  it('is run in the container as often as it is due', async () => {
    await using node = await createNodeUnderTest();
    node.runtime.programs.set('web:v1', { termTakesMs: 100 });
    await node.createPod({ image: 'web:v1', livenessProbe: { exec: { command: ['alive'] }, periodSeconds: 5 } });
    await node.advance(16_000);
    const asked = node.runtime.calls.filter((call) => call === 'alive').length;
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(5);
  });
});
