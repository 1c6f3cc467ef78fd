import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../objects/types.ts';
import { place } from './placement.ts';
import { node, pod, viewOf } from './testing/fixtures.ts';

function claim(name: string, storageClassName: string, volumeName?: string): PersistentVolumeClaim {
  const status = { phase: volumeName ? 'Bound' : 'Pending' };
  const spec = { storageClassName, ...(volumeName ? { volumeName } : {}) };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'shop' }, spec, status };
}

const withClaim = (one: PersistentVolumeClaim) => viewOf([node('node-1')], {}, { claim: () => one });
const using = (claimName: string) => pod({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] });
const HOPELESS =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
const NO_VICTIMS =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';

describe('placing a pod', () => {
  it('prefers the emptier node', () => {
    const pods = { 'node-1': [pod({}, { cpu: '1' })] };
    expect(place(pod(), viewOf([node('node-1'), node('node-2')], pods))).toEqual({
      type: 'bind',
      nodeName: 'node-2',
    });
  });

  it('fills a node to the last millicore', () => {
    const pods = { 'node-1': Array.from({ length: 19 }, () => pod({}, { cpu: '100m' })) };
    expect(place(pod({}, { cpu: '100m' }), viewOf([node('node-1')], pods)).type).toBe('bind');
    expect(place(pod({}, { cpu: '101m' }), viewOf([node('node-1')], pods)).type).toBe('unschedulable');
  });

  it('gives a port of the node to one pod only', () => {
    const onPort = (hostPort: number) =>
      pod({ hostNetwork: true, containers: [{ name: 'app', ports: [{ containerPort: hostPort, hostPort }] }] });
    const view = viewOf([node('node-1')], { 'node-1': [onPort(8080)] });
    expect(place(onPort(8081), view).type).toBe('bind');
    expect(place(onPort(8080), view)).toMatchObject({
      type: 'unschedulable',
      message: `0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. ${NO_VICTIMS}`,
    });
  });

  it('counts devices', () => {
    const gpu = { 'nvidia.com/gpu': '1' };
    const one = node('node-1', {}, { cpu: '2', 'nvidia.com/gpu': '1' });
    expect(place(pod({}, gpu), viewOf([one])).type).toBe('bind');
    expect(place(pod({}, gpu), viewOf([one], { 'node-1': [pod({}, gpu)] }))).toMatchObject({
      type: 'unschedulable',
      message: `0/1 nodes are available: 1 Insufficient nvidia.com/gpu. ${NO_VICTIMS}`,
    });
  });

  it.each([
    [
      'as recorded, more memory than any node has',
      pod({}, { memory: '100Gi' }),
      node('node-1'),
      `0/1 nodes are available: 1 Insufficient memory. ${HOPELESS}`,
    ],
    [
      'a device that no node has',
      pod({}, { 'nvidia.com/gpu': '1' }),
      node('node-1'),
      `0/1 nodes are available: 1 Insufficient nvidia.com/gpu. ${HOPELESS}`,
    ],
    [
      'a full node',
      pod({}, { cpu: '1500m' }),
      node('node-1', {}, { cpu: '1600m' }),
      `0/1 nodes are available: 1 Insufficient cpu. ${NO_VICTIMS}`,
    ],
    [
      'a cordoned node',
      pod(),
      node('node-1', { unschedulable: true }),
      `0/1 nodes are available: 1 node(s) were unschedulable. ${HOPELESS}`,
    ],
    [
      'a taint',
      pod(),
      node('node-1', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }),
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${HOPELESS}`,
    ],
    [
      'a node selector',
      pod({ nodeSelector: { disk: 'ssd' } }),
      node('node-1'),
      `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. ${HOPELESS}`,
    ],
    [
      'a missing claim',
      using('data'),
      node('node-1'),
      '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
    ],
  ])('says why not: %s', (_, wanted, only, message) => {
    const pods = { 'node-1': [pod({}, { cpu: '500m' })] };
    expect(place(wanted, viewOf([only], pods))).toEqual({ type: 'unschedulable', message });
  });

  it('says so when there is no node at all', () => {
    expect(place(pod(), viewOf([]))).toEqual({ type: 'unschedulable', message: 'no nodes available to schedule pods' });
  });

  it('tolerates what the pod tolerates', () => {
    const tainted = node('node-1', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
    expect(place(pod({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }), viewOf([tainted])).type).toBe('bind');
  });

  it('keeps a claim for one pod alone', () => {
    const alone = claim('data', 'local-path', 'pv-1');
    alone.spec = { ...alone.spec, accessModes: ['ReadWriteOncePod'] };
    const other = { ...using('data'), metadata: { name: 'first', namespace: 'shop', uid: 'first' } };
    expect(place(using('data'), viewOf([node('node-1')], {}, { claim: () => alone })).type).toBe('bind');
    expect(place(using('data'), viewOf([node('node-1')], { 'node-1': [other] }, { claim: () => alone }))).toMatchObject(
      {
        message:
          '0/1 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod ' +
          `access mode. ${NO_VICTIMS}`,
      },
    );
  });

  it('does not wait for volumes that nobody makes', () => {
    const byHand = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'by-hand' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    const wanted = claim('data', 'by-hand');
    const disk = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' } };
    const view = (storageClassName: string) =>
      viewOf(
        [node('node-1')],
        {},
        {
          claim: () => wanted,
          storageClass: () => byHand,
          volumes: () => [{ ...disk, spec: { storageClassName, capacity: { storage: '1Gi' } } }],
        },
      );
    expect(place(using('data'), view('other'))).toEqual({
      type: 'unschedulable',
      message: `0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. ${HOPELESS}`,
    });
    expect(place(using('data'), view('by-hand'))).toMatchObject({ type: 'provision', nodeName: 'node-1' });
  });

  it('has volumes made on the chosen node before the pod goes there', () => {
    const waiting = claim('data', 'local-path');
    expect(place(using('data'), withClaim(waiting))).toEqual({
      type: 'provision',
      nodeName: 'node-1',
      claims: [waiting],
    });
    const bound = claim('data', 'local-path', 'pv-1');
    expect(place(using('data'), withClaim(bound)).type).toBe('bind');
    const immediate = place(using('data'), withClaim(claim('data', 'fast')));
    expect(immediate).toMatchObject({
      message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    });
  });
});
