/** Quotas, limit ranges, network policies, autoscalers and disruption budgets, through the real kubectl. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kubectlFor, kubectlVersions, type KubectlVersion, outputOf } from '../helpers/kubectl.ts';
import { eventually, type Finished } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/policies.yaml', import.meta.url));

const { lab } = useTestCluster();
const kubectlOf = (version: KubectlVersion) => kubectlFor(lab.cluster.kubeconfigPath, version);

/** A namespace with `kubectl` in it, one that must succeed and one that may fail. */
async function inNamespace(name: string, version: KubectlVersion = 'v36') {
  const attempt = (args: readonly string[], input?: string): Promise<Finished> =>
    kubectlOf(version)(['-n', name, ...args], input === undefined ? {} : { input });
  const k = outputOf((args) => attempt(args));
  const apply = async (yaml: string) =>
    expect(await attempt(['apply', '-f', '-'], yaml)).toMatchObject({ code: 0, stderr: '' });
  const deploy = async (replicas = 2) => {
    await k('apply', '-f', manifest);
    if (replicas !== 2) await k('scale', 'deployment/web', `--replicas=${replicas}`);
    await k('rollout', 'status', 'deployment/web', '--timeout=30s');
  };
  await k('create', 'namespace', name);
  return { k, attempt, apply, deploy };
}

describe.concurrent('each in a namespace of its own,', () => {
  it.for(kubectlVersions)('a quota keeps a third pod out and says so everywhere, kubectl %s', async (version) => {
    const { k, attempt } = await inNamespace(`quota-${version}`, version);
    await k('create', 'quota', 'team', '--hard=pods=2,requests.memory=64Mi,limits.memory=256Mi,services=1');
    await k('apply', '-f', manifest);
    await k('scale', 'deployment/web', '--replicas=3');
    const failure = await eventually(
      'the replica set fails, and an event tells why',
      () => k('describe', 'rs'),
      (text) => text.includes('Error creating'),
    );
    expect(failure).toMatch(
      /Error creating: pods "web-\w+-\w{5}" is forbidden: exceeded quota: team, requested: limits\.memory=128Mi,pods=1, used: limits\.memory=256Mi,pods=2, limited: limits\.memory=256Mi,pods=2/,
    );
    const conditions = await eventually(
      'the deployment tells it',
      () => k('describe', 'deployment', 'web'),
      (text) => text.includes('ReplicaFailure'),
    );
    expect(conditions).toMatch(/ReplicaFailure +True +FailedCreate/);
    await eventually(
      'the usage is counted',
      () => k('get', 'quota'),
      (text) =>
        /^team +pods: 2\/2, requests\.memory: 32Mi\/64Mi, services: 1\/1 +limits\.memory: 256Mi\/256Mi +\d+s$/m.test(
          text,
        ),
    );
    expect(await k('describe', 'quota', 'team')).toMatch(/limits\.memory +256Mi +256Mi\npods +2 +2\n/);
    expect((await attempt(['run', 'bare', '--image=web:1'])).stderr).toBe(
      'Error from server (Forbidden): pods "bare" is forbidden: failed quota: team: must specify limits.memory for: bare; requests.memory for: bare\n',
    );
    expect((await attempt(['create', 'service', 'clusterip', 'more', '--tcp=80'])).stderr).toContain(
      'services "more" is forbidden: exceeded quota: team, requested: services=1, used: services=1, limited: services=1',
    );
    await k('patch', 'quota', 'team', '-p', '{"spec":{"hard":{"pods":"3","limits.memory":"384Mi"}}}');
    await k('rollout', 'status', 'deployment/web', '--timeout=30s');
  });

  it('a limit range fills in what containers leave out, and refuses what is too much', async () => {
    const { k, attempt, apply } = await inNamespace('limits');
    await apply(`{apiVersion: v1, kind: LimitRange, metadata: {name: defaults}, spec: {limits: [
      {type: Container, default: {cpu: 500m, memory: 128Mi}, defaultRequest: {memory: 64Mi}, max: {memory: 1Gi}}]}}`);
    expect(await k('describe', 'limits')).toMatch(/Container +memory +- +1Gi +64Mi +128Mi +-/);
    await k('run', 'bare', '--image=web:1');
    expect(await k('get', 'pod', 'bare', '-o', 'jsonpath={.spec.containers[0].resources}')).toBe(
      '{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"500m","memory":"64Mi"}}',
    );
    expect(await k('describe', 'pod', 'bare')).toContain(
      'LimitRanger plugin set: cpu, memory request for container bare; cpu, memory limit for container bare',
    );
    const big = '{"spec":{"containers":[{"name":"big","image":"web:1","resources":{"limits":{"memory":"2Gi"}}}]}}';
    expect((await attempt(['run', 'big', '--image=web:1', `--overrides=${big}`])).stderr).toBe(
      'Error from server (Forbidden): pods "big" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi\n',
    );
  });

  it('network policies drop what they do not name: pods, ports and the name server', async () => {
    const { k, attempt, apply, deploy } = await inNamespace('netpol');
    await deploy(1);
    for (const name of ['client', 'stranger']) await k('run', name, '--image=web:1', `--labels=app=${name}`);
    await k('wait', '--for=condition=Ready', 'pod/client', 'pod/stranger', '--timeout=30s');
    const curl = (pod: string, url = 'http://web') => attempt(['exec', pod, '--', 'curl', '-sS', '-m', '2', url]);
    expect((await curl('stranger')).code).toBe(0);

    const ingress = '[{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: http}]}]';
    await apply(`{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web}, spec: {
      podSelector: {matchLabels: {app: web}}, ingress: ${ingress}}}`);
    expect(await k('get', 'netpol')).toMatch(/^NAME +POD-SELECTOR +AGE\nweb +app=web +\d+s\n$/);
    expect(await k('describe', 'netpol', 'web')).toMatch(/To Port: http\/TCP\n +From:\n +PodSelector: app=client/);
    expect((await curl('client')).code).toBe(0);
    expect((await curl('stranger')).stderr).toMatch(/^curl: \(28\) Connection timed out after \d+ milliseconds/);
    expect(await k('get', 'pods', '-l', 'app=web')).toContain('1/1');

    await apply(`{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: client}, spec: {
      podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}}`);
    const [address, named] = await Promise.all([
      k('get', 'pod', 'stranger', '-o', 'jsonpath={.status.podIP}').then((ip) => curl('client', `http://${ip}:3000`)),
      attempt(['exec', 'client', '--', 'node', '-e', `fetch('http://web').catch((e) => console.log(e.cause.message))`]),
    ]);
    expect(address.stderr).toContain('Connection timed out');
    expect(named.stdout).toBe('getaddrinfo EAI_AGAIN web\n');

    const dns = `{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 53, protocol: UDP}]}`;
    await apply(`{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: client}, spec: {
      podSelector: {matchLabels: {app: client}}, policyTypes: [Egress],
      egress: [${dns}, {to: [{podSelector: {matchLabels: {app: web}}}]}]}}`);
    expect((await curl('client')).code).toBe(0);
    expect((await curl('client', 'http://stranger')).stderr).toContain('Could not resolve host');
  });

  it('autoscalers scale by memory after their first period, and say what they cannot measure', async () => {
    const { k, apply, deploy } = await inNamespace('autoscaling');
    await deploy(1);
    await k('create', 'deployment', 'bare', '--image=web:1');
    await kubectlOf('v32')(['-n', 'autoscaling', 'autoscale', 'deployment', 'bare', '--max=3', '--cpu-percent=50']);
    await apply(`{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3,
      metrics: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 10}}}]}}`);
    expect(await k('get', 'hpa')).toMatch(
      /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nbare +Deployment\/bare +cpu: <unknown>\/50% +1 +3 +0 +\d+s\nweb +Deployment\/web +memory: <unknown>\/10% +1 +3 +0 +\d+s\n$/,
    );
    await eventually(
      'the deployment grows',
      () => k('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'),
      (replicas) => replicas === '3',
    );
    expect(await k('get', 'hpa', 'web')).toMatch(/memory: \d+%\/10% +1 +3 +1 /);
    const described = await k('describe', 'hpa', 'web');
    expect(described).toMatch(
      /AbleToScale +True +SucceededRescale +the HPA controller was able to update the target scale to 3/,
    );
    expect(described).toMatch(
      /ScalingActive +True +ValidMetricFound +the HPA was able to successfully calculate a replica count from memory resource utilization/,
    );
    expect(described).toMatch(/ScalingLimited +True +TooManyReplicas/);
    expect(described).toMatch(
      /SuccessfulRescale +\d+s +horizontal-pod-autoscaler +New size: 3; reason: memory resource utilization \(percentage of request\) above target/,
    );
    expect(await k('describe', 'hpa', 'bare')).toMatch(
      /ScalingActive +False +FailedGetResourceMetric +the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container web of Pod bare-/,
    );
    expect(await k('get', 'horizontalpodautoscalers.v1.autoscaling', 'bare', '-o', 'jsonpath={.spec}')).toBe(
      '{"maxReplicas":3,"minReplicas":1,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"bare"},"targetCPUUtilizationPercentage":50}',
    );
  });
});

// After the others: it drains the one node.
describe('a disruption budget', () => {
  it('makes a drain wait', async () => {
    const { k, attempt, deploy } = await inNamespace('budget');
    for (const version of kubectlVersions) {
      const create = ['create', 'pdb', version, `--selector=${version === 'v36' ? 'app=web' : 'app=other'}`];
      expect(await kubectlOf(version)(['-n', 'budget', ...create, '--min-available=1'])).toMatchObject({ code: 0 });
    }
    await deploy();
    await eventually(
      'the budget counts',
      () => k('get', 'pdb'),
      (text) => /^v36 +1 +N\/A +1 +\d+s$/m.test(text),
    );
    const pods = (await k('get', 'pods', '-o', 'name')).trim().split('\n');
    // A drain looks into all namespaces; this names the pods of this one.
    await k('label', 'pods', '--all', 'budget=yes');
    await k('cordon', 'node-1');
    const drain = await attempt([
      'drain',
      'node-1',
      '--ignore-daemonsets',
      '--force',
      '--pod-selector=budget=yes',
      '--timeout=3s',
    ]);
    await k('uncordon', 'node-1');
    expect(drain.code).toBe(1);
    expect(drain.stdout).toMatch(/^pod\/web-\S+ evicted$/m);
    expect(drain.stderr).toMatch(
      /error when evicting pods\/"web-\S+" -n "budget" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./,
    );
    const left = (await k('get', 'pods', '-o', 'name')).trim().split('\n');
    expect(pods.filter((pod) => left.includes(pod))).toHaveLength(1);
    await k('rollout', 'status', 'deployment/web', '--timeout=30s');
  });
});
