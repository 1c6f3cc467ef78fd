import { describe, expect, it } from 'vitest';
import { events, persistentVolumeClaims, pods, storageClasses } from '../client/resources.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../objects/types.ts';
import { nextStep } from './persistent-volume-claim.ts';
import { phaseOf } from './persistent-volume.ts';
import { startTestCluster } from './test-cluster.ts';
import { finalizersOf } from './volume-protection.ts';
import { findVolume } from './volumes/matching.ts';

describe('claims', () => {
  const claim = (spec: PersistentVolumeClaim['spec'] = {}, annotations = {}): PersistentVolumeClaim => {
    const metadata = { name: 'data', namespace: 'shop', uid: 'c-1', annotations };
    return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
  };
  const volume = (name: string, storage: string, claimRef?: object): PersistentVolume => {
    const spec = { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', claimRef };
    return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec };
  };
  const wanted = claim({
    storageClassName: 'manual',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  });

  it('take the smallest volume that will do, or the one reserved for them', () => {
    const free = [volume('big', '10Gi'), volume('fitting', '2Gi'), volume('small', '500Mi')];
    expect(findVolume(wanted, free)?.metadata.name).toBe('fitting');
    const reserved = volume('reserved', '1Ti', { name: 'data', namespace: 'shop' });
    expect(findVolume(wanted, [...free, reserved])?.metadata.name).toBe('reserved');
    expect(findVolume(wanted, [volume('taken', '2Gi', { name: 'other', namespace: 'shop' })])).toBeUndefined();
  });

  it('say what they wait for', () => {
    const sc = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local-path' },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    const local = { storageClassName: 'local-path' };
    expect(nextStep(claim(), undefined).event?.reason).toBe('FailedBinding');
    expect(nextStep(claim({ volumeName: 'pv-1' }), undefined)).toEqual({});
    expect(nextStep(claim({ storageClassName: 'fast' }), undefined).event).toEqual({
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'storageclass.storage.k8s.io "fast" not found',
    });
    expect(nextStep(claim(local), sc).event?.reason).toBe('WaitForFirstConsumer');
    expect(nextStep(claim(local), sc, ['a']).event).toEqual({
      type: 'Normal',
      reason: 'WaitForPodScheduled',
      message: 'waiting for pod a to be scheduled',
    });
    expect(nextStep(claim(local), sc, ['a', 'b']).event?.message).toBe('waiting for pods a,b to be scheduled');
    const byHand = { ...sc, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'Immediate' };
    expect(nextStep(claim(local), byHand).event).toEqual({
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: 'no volume plugin matched name: kubernetes.io/no-provisioner',
    });
    const selected = claim(local, { 'volume.kubernetes.io/selected-node': 'node-1' });
    expect(nextStep(selected, sc)).toMatchObject({ event: { reason: 'ExternalProvisioning' }, provisionOn: 'node-1' });
  });

  it('that are deleted stay while a pod uses them', () => {
    const user = {
      metadata: { namespace: 'shop', name: 'p' },
      spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    } as Pod;
    const going = claim();
    going.metadata.finalizers = ['kubernetes.io/pvc-protection'];
    going.metadata.deletionTimestamp = '2026-11-20T10:00:00Z';
    expect(finalizersOf(going, [user])).toBeUndefined();
    expect(finalizersOf(going, [])).toEqual([]);
    expect(finalizersOf(claim(), [])).toEqual(['kubernetes.io/pvc-protection']);
  });

  it('leave their volume released when another of the same name takes their place', () => {
    const bound = volume('v', '1Gi', { name: 'data', namespace: 'shop', uid: 'c-0' });
    expect(phaseOf(bound, wanted)).toBe('Released');
    expect(phaseOf(bound, { ...wanted, metadata: { ...wanted.metadata, uid: 'c-0' } })).toBe('Bound');
  });
});

describe('on a cluster without a storage class', () => {
  it('claims wait, say every quarter of a minute what for, and keep their pods waiting', async () => {
    await using cluster = await startTestCluster({ bare: true });
    const { client } = cluster;
    expect((await client.list(storageClasses)).items).toEqual([]);
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const [namespace, apiVersion, kind] = ['default', 'v1', 'PersistentVolumeClaim'];
    await client.create(persistentVolumeClaims, { apiVersion, kind, metadata: { name: 'data', namespace }, spec });
    await client.create(persistentVolumeClaims, {
      apiVersion,
      kind,
      metadata: { name: 'logs', namespace },
      spec: { ...spec, storageClassName: 'fast' },
    });
    const user = {
      containers: [{ name: 'app', image: 'shop:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    };
    await client.create(pods, { apiVersion, kind: 'Pod', metadata: { name: 'db', namespace }, spec: user });
    const told = async (reason: string) =>
      (await client.list(events)).items
        .filter((event) => event.reason === reason)
        .map(({ type, message, count, source }) => `${type} ${source?.component} x${count}: ${message}`);

    await cluster.advance(5_000);
    const why = 'no persistent volumes available for this claim and no storage class is set';
    expect(await told('FailedBinding')).toEqual([`Normal persistentvolume-controller x1: ${why}`]);
    expect(await told('FailedScheduling')).toEqual([
      expect.stringContaining('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
    ]);
    await cluster.advance(30_000);
    expect(await told('FailedBinding')).toEqual([`Normal persistentvolume-controller x3: ${why}`]);
    expect(await told('ProvisioningFailed')).toEqual([
      'Warning persistentvolume-controller x3: storageclass.storage.k8s.io "fast" not found',
    ]);
    const { status } = await client.get(persistentVolumeClaims, 'data', namespace);
    expect(status).toEqual({ phase: 'Pending' });
    expect(cluster.errors).toEqual([]);
  });
});
