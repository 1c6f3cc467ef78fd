/** An engine that brings along no more than Kubernetes itself: no metrics server, no storage class. */
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlFor, kubectlVersions } from '../helpers/kubectl.ts';
import { createAll, podOf, workloadOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const claim = (name: string, storageClassName?: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...(storageClassName ? { storageClassName } : {}),
  },
});
const using = (claimName: string) => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] });
const byHand = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'by-hand' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

describe('a cluster without a metrics server and a storage class, under kubectl', () => {
  const { lab, kubectl, k } = useTestCluster({ addons: { metricsServer: false, storageClass: false } });

  beforeAll(async () => {
    const web = workloadOf('Deployment', 'web', { image: 'web:1', resources: { requests: { cpu: '100m' } } });
    const waiting = podOf('waiting', { image: 'web:1' }, using('data'));
    await createAll(kubectl, web, claim('data'), claim('logs', 'fast'), waiting);
    await k('autoscale', 'deployment', 'web', '--cpu=50%', '--min=1', '--max=3');
  });

  it.each(kubectlVersions)('top says that there are no metrics (%s)', async (version) => {
    const old = kubectlFor(lab.cluster.kubeconfigPath, version);
    for (const what of ['pods', 'nodes']) {
      const { code, stdout, stderr } = await old(['top', what]);
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: 'error: Metrics API not available\n' });
    }
    const { stdout } = await old(['api-versions']);
    expect(stdout).toContain('autoscaling/v2\n');
    expect(stdout).not.toContain('metrics');
  });

  it('asked for metrics all the same, the server knows no such thing', async () => {
    const { code, stderr } = await kubectl(['get', '--raw', '/apis/metrics.k8s.io/v1beta1/pods']);
    expect(code).toBe(1);
    expect(stderr).toBe('Error from server (NotFound): the server could not find the requested resource\n');
    expect(await k('api-resources', '-o', 'name')).not.toContain('metrics');
  });

  it('an autoscaler does not know what its pods use', async () => {
    await k('wait', '--for=condition=ScalingActive=False', 'hpa/web', '--timeout=60s');
    expect(await k('get', 'hpa', 'web')).toMatch(/\nweb +Deployment\/web +cpu: <unknown>\/50% +1 +3 +1 +\d+s\n$/);
    const why =
      'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource ' +
      'metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
    const text = await eventually(
      'events',
      () => k('describe', 'hpa', 'web'),
      (described) => described.includes('FailedComputeMetricsReplicas'),
    );
    expect(text).toContain('resource cpu on pods  (as a percentage of request):  <unknown> / 50%\n');
    expect(text).toMatch(/AbleToScale +True +SucceededGetScale +the HPA controller was able to get the target's/);
    expect(text).toContain(`the HPA was unable to compute the replica count: ${why}\n`);
    expect(text).toMatch(/Warning +FailedGetResourceMetric .* horizontal-pod-autoscaler +failed to get cpu utiliz/);
    expect(text).toContain(
      `invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}\n`,
    );
    expect(await k('get', 'hpa', 'web', '-o', 'jsonpath={.status.currentMetrics}')).toBe('[{"type":""}]');
  });

  it('a claim waits for a volume, and its pod for the claim', async () => {
    expect(await k('get', 'storageclass')).toBe('');
    expect(await k('get', 'pvc')).toMatch(/\ndata +Pending +<unset> +\d+s\nlogs +Pending +fast +<unset> +\d+s\n$/);
    const described = await eventually(
      'a second event',
      () => k('describe', 'pvc', 'data'),
      (text) => / \(x\d+ over /.test(text),
      { timeoutMs: 60_000 },
    );
    expect(described).toMatch(/Finalizers: +\[kubernetes.io\/pvc-protection\]\n[^]*Used By: +waiting\n/);
    expect(described).toMatch(
      / Normal +FailedBinding .* persistentvolume-controller +no persistent volumes available for this claim and no storage class is set\n$/,
    );
    expect(await k('events', '--for', 'pvc/logs')).toMatch(
      / Warning +ProvisioningFailed .* storageclass.storage.k8s.io "fast" not found\n$/,
    );
    expect(await k('get', 'pod', 'waiting')).toMatch(/ 0\/1 +Pending +0 /);
    expect(await k('describe', 'pod', 'waiting')).toMatch(
      /default-scheduler +0\/1 nodes are available: pod has unbound immediate PersistentVolumeClaims\. not found\n$/,
    );
  });

  it('a claim of a class that nobody makes volumes for takes one that is made by hand', async () => {
    const patient = podOf('patient', { image: 'web:1' }, using('disk'));
    await createAll(kubectl, byHand, claim('disk', 'by-hand'), patient);
    await k('wait', '--for=jsonpath={.status.conditions[0].reason}=Unschedulable', 'pod/patient', '--timeout=30s');
    expect(await k('describe', 'pod', 'patient')).toMatch(
      / 0\/1 nodes are available: 1 node\(s\) didn't find available persistent volumes to bind\. no new claims to deallocate, preemption: 0\/1 nodes are available: 1 Preemption is not helpful for scheduling\.\n$/,
    );
    await eventually(
      'the pod is named',
      () => k('events', '--for', 'pvc/disk'),
      (text) => text.includes('waiting for pod patient to be scheduled'),
      { timeoutMs: 60_000 },
    );
    const disk = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: {
        storageClassName: 'by-hand',
        capacity: { storage: '2Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/data' },
      },
    };
    await createAll(kubectl, disk);
    await k('wait', '--for=condition=Ready', 'pod/patient', '--timeout=30s');
    expect(await k('get', 'pvc', 'disk')).toMatch(/\ndisk +Bound +disk +2Gi +RWO +by-hand +<unset> +\d+s\n$/);
  });
});
