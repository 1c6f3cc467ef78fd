import { describe, expect, it } from 'vitest';
import type { Container, Pod, ResourceQuota, Service } from '../types.ts';
import { missingResources } from './constraints.ts';
import { consumerOf, isQuotaResource } from './names.ts';
import { isInScope } from './scopes.ts';
import { addUsage, usageOf } from './usage.ts';

type Lists = NonNullable<Container['resources']>;

const container = (name: string, resources: Lists, rest: Partial<Container> = {}): Container => ({
  name,
  image: 'a',
  resources,
  ...rest,
});
const pod = (spec: Partial<NonNullable<Pod['spec']>>, phase = 'Running'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [], ...spec },
  status: { phase },
});

describe('what an object uses of a quota', () => {
  it('sums containers and sidecars, and takes an init container that needs more', () => {
    const usage = usageOf(
      'pods',
      pod({
        containers: [
          container('a', { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } }),
          container('b', { requests: { cpu: '200m' } }),
        ],
        initContainers: [
          container('init', { requests: { memory: '1Gi' } }),
          container('side', { requests: { cpu: '50m' } }, { restartPolicy: 'Always' }),
        ],
      }),
    );
    expect(usage).toMatchObject({
      'count/pods': '1',
      pods: '1',
      cpu: '350m',
      'requests.cpu': '350m',
      'requests.memory': '1Gi',
      'limits.memory': '128Mi',
    });
  });

  it('is only its number for a pod that has ended', () => {
    const ended = pod({ containers: [container('a', { requests: { cpu: '1' } })] }, 'Succeeded');
    expect(usageOf('pods', ended)).toEqual({ 'count/pods': '1' });
  });

  it('tells node ports and load balancers of a Service', () => {
    const service = {
      kind: 'Service',
      metadata: {},
      spec: { type: 'LoadBalancer', ports: [{ port: 1 }, { port: 2 }] },
    };
    expect(usageOf('services', service as unknown as Service)).toMatchObject({
      services: '1',
      'services.loadbalancers': '1',
      'services.nodeports': '2',
    });
  });

  it('adds up in the notation of the first amount', () => {
    expect(addUsage([{ memory: '128Mi' }, { memory: '128Mi', pods: '1' }, { pods: '1' }])).toEqual({
      memory: '256Mi',
      pods: '2',
    });
  });
});

describe('a quota', () => {
  it.each([
    ['limits.cpu', 'pods'],
    ['requests.storage', 'persistentvolumeclaims'],
    ['fast.storageclass.storage.k8s.io/requests.storage', 'persistentvolumeclaims'],
    ['services.nodeports', 'services'],
    ['count/deployments.apps', 'deployments.apps'],
    ['secrets', 'secrets'],
  ])('of %s is used up by %s', (name, consumer) => {
    expect(isQuotaResource(name)).toBe(true);
    expect(consumerOf(name)).toBe(consumer);
  });

  it('knows no other plain names', () => expect(isQuotaResource('deployments')).toBe(false));

  it('asks that every container names what it limits', () => {
    const bare = pod({ containers: [container('b', {}), container('a', { requests: { cpu: '1' } })] });
    expect(missingResources(bare, ['requests.cpu', 'limits.memory', 'pods'])).toBe(
      'must specify limits.memory for: a,b; requests.cpu for: b',
    );
    expect(missingResources(bare, ['pods', 'requests.ephemeral-storage'])).toBeUndefined();
  });

  it('with scopes counts the pods that are in all of them', () => {
    const quota = { metadata: {}, spec: { scopes: ['BestEffort', 'NotTerminating'] } } as unknown as ResourceQuota;
    const bestEffort = pod({ containers: [container('a', {})] });
    expect(isInScope(quota, 'pods', bestEffort)).toBe(true);
    expect(isInScope(quota, 'pods', pod({ containers: [container('a', { requests: { cpu: '1' } })] }))).toBe(false);
    expect(isInScope(quota, 'pods', pod({ containers: [container('a', {})], activeDeadlineSeconds: 5 }))).toBe(false);
    expect(isInScope(quota, 'services', bestEffort)).toBe(false);
  });
});
