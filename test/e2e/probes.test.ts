/** Probes of each kind with each handler, as `kubectl get` and `kubectl describe` show what comes of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventOf, messagesOf } from '../helpers/events.ts';
import { send } from '../helpers/kubectl.ts';
import { createAll, podOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const often = { periodSeconds: 1, failureThreshold: 1 };
/** With time enough for a busy machine. */
const file = (path: string) => ({ exec: { command: ['test', '-e', path] }, ...often, timeoutSeconds: 20 });
const web = { image: 'web:1', ports: [{ name: 'http', containerPort: 3000 }] };

const pods = [
  podOf('http', {
    ...web,
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, ...often },
    livenessProbe: { httpGet: { path: '/alive', port: 3000 }, periodSeconds: 1 },
  }),
  podOf('http-wrong', { ...web, readinessProbe: { httpGet: { path: '/', port: 3001 }, ...often } }),
  podOf('tcp', { ...web, readinessProbe: { tcpSocket: { port: 'http' }, ...often } }),
  podOf('tcp-wrong', { readinessProbe: { tcpSocket: { port: 9 }, ...often } }),
  podOf('exec', { readinessProbe: { exec: { command: ['cat', '/tmp/open'] }, ...often, timeoutSeconds: 20 } }),
  podOf('grpc-wrong', { readinessProbe: { grpc: { port: 9090 }, ...often } }),
  podOf('alive', {
    livenessProbe: { exec: { command: ['sh', '-c', 'echo no pulse; exit 1'] }, ...often, timeoutSeconds: 20 },
  }),
  podOf('starts', {
    startupProbe: { ...file('/tmp/started'), failureThreshold: 100 },
    livenessProbe: file('/tmp/started'),
  }),
  podOf('never-starts', { startupProbe: file('/tmp/started') }),
];

describe('probes under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const field = (pod: string, path: string) => k('get', 'pod', pod, '-o', `jsonpath={.status${path}}`);
  const cells = async (pod: string) => (await k('get', 'pod', pod, '--no-headers')).split(/ +/).slice(1, 4).join(' ');
  const until = (pod: string, wanted: string) =>
    eventually(
      `${pod}: ${wanted}`,
      () => cells(pod),
      (now) => now === wanted,
    );

  beforeAll(async () => {
    await createAll(kubectl, ...pods);
  });

  it('httpGet: asks a port by its number or name, and no answer is an event', async () => {
    await k('wait', '--for=condition=Ready', 'pod/http', '--timeout=60s');
    await eventually(
      'both probes ask',
      () => k('logs', 'http'),
      (log) => /GET \/ready/.test(log) && /GET \/alive/.test(log),
    );
    expect(await k('describe', 'pod', 'http')).toMatch(
      /Liveness: +http-get http:\/\/:3000\/alive delay=0s timeout=1s period=1s #success=1 #failure=3\n +Readiness: +http-get http:\/\/:http\/ready /,
    );
    const ip = await field('http-wrong', '.podIP');
    expect(await eventOf(k, 'http-wrong', 'Unhealthy')).toBe(
      `Readiness probe failed: Get "http://${ip}:3001/": dial tcp ${ip}:3001: connect: connection refused`,
    );
    expect(await cells('http-wrong')).toBe('0/1 Running 0');
    expect(await field('http-wrong', '.conditions[?(@.type=="Ready")].reason')).toBe('ContainersNotReady');
  });

  it('what fails again and again is one event that counts', async () => {
    const refused =
      / Unhealthy +\S+ \(x(?:[3-9]|\d\d+) over \S+\) +kubelet +\S+: Readiness probe failed: Get .*refused\n/;
    const described = await eventually(
      'it is counted',
      () => k('describe', 'pod', 'http-wrong'),
      (text) => text.search(refused) >= 0,
    );
    expect(described.match(/ Unhealthy .*refused\n/g)).toHaveLength(1);
    const counts = '{range .items[*]}{.count} {.message}{"\\n"}{end}';
    const selector = '--field-selector=involvedObject.name=http-wrong,reason=Unhealthy';
    expect(await k('get', 'events', selector, '-o', `jsonpath=${counts}`)).toMatch(/^(?:[3-9]|\d\d+) .*refused$/m);
  });

  it('tcpSocket: an open port is enough', async () => {
    await k('wait', '--for=condition=Ready', 'pod/tcp', '--timeout=60s');
    const ip = await field('tcp-wrong', '.podIP');
    expect(await eventOf(k, 'tcp-wrong', 'Unhealthy')).toBe(
      `Readiness probe failed: dial tcp ${ip}:9: connect: connection refused`,
    );
  });

  it('exec: ready comes and goes with the exit code', async () => {
    expect(await eventOf(k, 'exec', 'Unhealthy')).toMatch(
      /^Readiness probe failed: cat: .*No such file or directory\n$/,
    );
    expect(await cells('exec')).toBe('0/1 Running 0');
    await k('exec', 'exec', '--', 'touch', '/tmp/open');
    await until('exec', '1/1 Running 0');
    await k('exec', 'exec', '--', 'rm', '/tmp/open');
    await until('exec', '0/1 Running 0');
  });

  it('grpc: a port that nobody listens on is a time-out', async () => {
    const ip = await field('grpc-wrong', '.podIP');
    expect(await eventOf(k, 'grpc-wrong', 'Unhealthy')).toBe(
      `Readiness probe failed: timeout: failed to connect service "${ip}:9090" within 1s: context deadline exceeded`,
    );
  });

  it('a container that fails its liveness probe is killed and started again', async () => {
    await eventually(
      'a restart',
      () => field('alive', '.containerStatuses[0].restartCount'),
      (n) => Number(n) > 0,
    );
    expect(await messagesOf(k, 'alive', 'Unhealthy')).toContain('Liveness probe failed: no pulse\n');
    expect(await messagesOf(k, 'alive', 'Killing')).toContain(
      'Container alive failed liveness probe, will be restarted',
    );
    expect(await field('alive', '.containerStatuses[0].lastState.terminated.exitCode')).toBe('137');
  });

  it('until the startup probe has succeeded nobody asks whether it is alive, and it is not ready', async () => {
    await eventOf(k, 'starts', 'Unhealthy');
    expect(await cells('starts')).toBe('0/1 Running 0');
    expect(await field('starts', '.containerStatuses[0].started')).toBe('false');
    await k('exec', 'starts', '--', 'touch', '/tmp/started');
    await until('starts', '1/1 Running 0');
    expect(await field('starts', '.containerStatuses[0].started')).toBe('true');
    expect(await messagesOf(k, 'starts', 'Unhealthy')).toMatch(/^Startup probe failed:\s*$/);
    expect(await messagesOf(k, 'starts', 'Killing')).toBe('');
  });

  it('a startup probe that fails as often as it may ends the container', async () => {
    expect(await eventOf(k, 'never-starts', 'Killing')).toContain(
      'Container never-starts failed startup probe, will be restarted',
    );
    await eventually(
      'a restart',
      () => field('never-starts', '.containerStatuses[0].restartCount'),
      (n) => Number(n) > 0,
    );
  });

  it('a probe of several handlers or of none is refused', async () => {
    const wrong = async (livenessProbe: object) =>
      (await send(kubectl, podOf('wrong', { livenessProbe }), 'create')).stderr;
    expect(await wrong({ periodSeconds: 1 })).toContain(
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    );
    expect(await wrong({ tcpSocket: { port: 1 }, exec: { command: ['true'] } })).toContain(
      'Forbidden: may not specify more than 1 handler type',
    );
    expect(await wrong({ tcpSocket: { port: 1 }, successThreshold: 2 })).toContain(
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    );
  });
});
