/** What goes with an object that is deleted, and when: cascades, finalizers of dependents and owners that are not there. */
import { describe, expect, it } from 'vitest';
import { createAll, workloadOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('deletion under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const names = (app: string) => k('get', 'deployments,rs,pods', '-l', `app=${app}`, '-o', 'name');
  const gone = (app: string) =>
    eventually(
      `all of ${app} is gone`,
      () => names(app),
      (text) => text === '',
    );
  const start = async (app: string) => {
    await createAll(kubectl, workloadOf('Deployment', app, {}, { terminationGracePeriodSeconds: 0 }));
    await k('rollout', 'status', `deployment/${app}`, '--timeout=60s');
  };
  const owners = async (app: string) =>
    k('get', 'rs,pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].metadata.ownerReferences[*].kind}');

  it('in the background: the owner first, what it owns a moment later', async () => {
    await start('back');
    expect(await k('delete', 'deployment', 'back')).toBe('deployment.apps "back" deleted from default namespace\n');
    await gone('back');
  });

  it('in the foreground: the owner stays until the last that it owns has gone', async () => {
    await start('front');
    const pod = (await k('get', 'pods', '-l', 'app=front', '-o', 'name')).trim();
    await k('patch', pod, '--type=merge', '-p', '{"metadata":{"finalizers":["example.com/hold"]}}');
    await k('delete', 'deployment', 'front', '--cascade=foreground', '--wait=false');
    await eventually(
      'the pod is on its way',
      () => k('get', pod, '-o', 'jsonpath={.metadata.deletionTimestamp}'),
      (text) => text !== '',
    );
    expect(await k('get', 'deployment', 'front', '-o', 'jsonpath={.metadata.finalizers}')).toBe(
      '["foregroundDeletion"]',
    );
    expect(await names('front')).toMatch(
      /^deployment\.apps\/front\nreplicaset\.apps\/front-\w+\npod\/front-\w+-\w+\n$/,
    );
    await k('patch', pod, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await gone('front');
  });

  it('as orphans: what it owned stays and belongs to nobody, until somebody adopts it', async () => {
    await start('orphan');
    await k('delete', 'deployment', 'orphan', '--cascade=orphan');
    expect(await names('orphan')).toMatch(/^replicaset\.apps\/orphan-\w+\npod\/orphan-\S+\n$/);
    expect(await owners('orphan')).toBe('ReplicaSet');
    await k('delete', 'rs', '-l', 'app=orphan', '--cascade=orphan');
    expect(await owners('orphan')).toBe('');
    const [pod = ''] = (await names('orphan')).trim().split('\n');
    expect(await k('get', pod, '--no-headers')).toMatch(/ 1\/1 +Running /);
    await k('delete', 'pods', '-l', 'app=orphan', '--now');
  });

  it('what names an owner that is not there is collected', async () => {
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: '6f7cbb5e-0000-4000-8000-000000000000' },
    ];
    const lost = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost', ownerReferences } };
    await createAll(kubectl, lost);
    await eventually(
      'it is collected',
      () => kubectl(['get', 'configmap', 'lost']),
      ({ stderr }) => stderr.includes('NotFound'),
    );
  });

  it('what a namespace holds goes with it, and one that is held back says what is left', async () => {
    await k('create', 'namespace', 'short');
    await k('create', 'configmap', 'held', '-n', 'short');
    await k(
      'patch',
      'configmap',
      'held',
      '-n',
      'short',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["example.com/hold"]}}',
    );
    await k('delete', 'namespace', 'short', '--wait=false');
    await eventually(
      'it says why',
      () => k('get', 'namespace', 'short', '-o', 'jsonpath={.status.conditions[*].message}'),
      (text) =>
        text.includes(
          'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
        ),
    );
    expect(await k('get', 'namespace', 'short', '--no-headers')).toMatch(/^short +Terminating /);
    expect((await kubectl(['create', 'configmap', 'late', '-n', 'short'])).stderr).toContain(
      'configmaps "late" is forbidden: unable to create new content in namespace short because it is being terminated',
    );
    await k('patch', 'configmap', 'held', '-n', 'short', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await k('wait', '--for=delete', 'namespace/short', '--timeout=60s');
  });
});
