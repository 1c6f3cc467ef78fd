import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../objects/types.ts';
import { nextStep } from './persistent-volume-claim.ts';
import { phaseOf } from './persistent-volume.ts';
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
