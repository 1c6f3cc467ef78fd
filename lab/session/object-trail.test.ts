import { describe, expect, it } from 'vitest';
import { changesOf } from './object-trail.ts';

describe('what objects tell of who changed them', () => {
  it('names the programs of people, and when, but not those of the cluster', () => {
    const time = '2026-11-21T14:47:08Z';
    const managedFields = [
      { manager: 'kubectl-edit', time },
      { manager: 'kubectl', time, subresource: 'scale' },
      { manager: 'kube-controller-manager', time },
      { manager: 'k3s', time, subresource: 'status' },
      { manager: 'kubectl-set' },
    ];
    const object = { metadata: { name: 'gateway', namespace: 'seat', managedFields } };
    expect(changesOf(object, 'deployments.apps')).toMatchObject([
      { atMs: Date.parse(time), userAgent: 'kubectl-edit', resource: 'deployments.apps', name: 'gateway', code: 200 },
      { userAgent: 'kubectl' },
    ]);
  });
});
