import { beforeAll, describe, expect, it } from 'vitest';
import { createAll, podOf } from '../helpers/pods.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const pod = (name: string, priorityClassName?: string) =>
  podOf(name, { image: 'web:1', resources: { requests: { memory: '600Mi' } } }, { priorityClassName });

describe('priorities under kubectl', () => {
  const { kubectl, k } = useTestCluster({ nodes: [{ name: 'node-1', capacity: { memory: '1Gi' } }] });

  beforeAll(async () => {
    await k('create', 'priorityclass', 'urgent', '--value=1000');
    await k('create', 'priorityclass', 'modest', '--value=1000', '--preemption-policy=Never');
    await createAll(kubectl, pod('cheap'));
    await k('wait', '--for=condition=Ready', 'pod/cheap', '--timeout=60s');
  });

  it('a pod that may not send others away says so and waits', async () => {
    await createAll(kubectl, pod('patient', 'modest'));
    await k('wait', '--for=jsonpath={.status.conditions[0].reason}=Unschedulable', 'pod/patient', '--timeout=10s');
    expect(await k('events', '--for', 'pod/patient')).toContain(
      '0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    );
    await k('delete', 'pod', 'patient');
  });

  it('an urgent pod gets the place of a cheap one', async () => {
    await createAll(kubectl, pod('urgent', 'urgent'));
    await k('wait', '--for=condition=Ready', 'pod/urgent', '--timeout=60s');
    expect(await k('describe', 'pod', 'urgent')).toMatch(
      /NominatedNodeName: +node-1\n[^]*FailedScheduling [^\n]* 0\/1 nodes are available: 1 Insufficient memory\.\n[^]*assigned default\/urgent to node-1/,
    );
    expect(await k('get', 'events', '--field-selector=reason=Preempted')).toMatch(
      /pod\/cheap +Preempted by pod [0-9a-f-]+ on node node-1\n$/,
    );
    expect(await k('get', 'pods', '-o', 'name')).toBe('pod/urgent\n');
  });
});
