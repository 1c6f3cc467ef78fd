import { describe, expect, it } from 'vitest';
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import type { KubeObject, OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../objects/types.ts';
import { hasStaleClaim, ownerChanges } from './retention.ts';

type Fate = 'Delete' | 'Retain';

function set(whenScaled: Fate, whenDeleted: Fate): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'store', namespace: 'shop', uid: 'set' },
    spec: {
      replicas: 1,
      selector: {},
      template: {},
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
    },
  };
}

function pod(ordinal: number): Pod {
  const name = `store-${ordinal}`;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: name } };
}

function claim(ordinal: number, owners: readonly KubeObject[] = [], others: OwnerReference[] = []) {
  const ownerReferences = [...others, ...owners.map(ownerReferenceTo)];
  const metadata = { name: `data-store-${ordinal}`, namespace: 'shop', ownerReferences };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata } satisfies PersistentVolumeClaim;
}

/** Who is to own the claims of store-0, which stays, and of store-1, which is scaled away. */
function owners(of: StatefulSet): (string | undefined)[][] {
  const stranger = { apiVersion: 'v1', kind: 'ConfigMap', name: 'stranger', uid: 'stranger' };
  const changes = ownerChanges(of, [pod(0), pod(1)], [claim(0, [], [stranger]), claim(1, [], [stranger])]);
  const wanted = (ordinal: number) => changes.find(({ claim: { metadata } }) => metadata.name?.endsWith(`-${ordinal}`));
  return [0, 1].map((ordinal) => (wanted(ordinal)?.ownerReferences ?? []).map(({ kind }) => kind));
}

describe('the claims of a StatefulSet', () => {
  it.each([
    ['Retain', 'Retain', [], []],
    ['Retain', 'Delete', ['ConfigMap', 'StatefulSet'], ['ConfigMap', 'StatefulSet']],
    ['Delete', 'Retain', [], ['ConfigMap', 'Pod']],
    ['Delete', 'Delete', ['ConfigMap', 'StatefulSet'], ['ConfigMap', 'Pod']],
  ] as const)('when scaled %s, when deleted %s: that of a pod which stays goes with %j, else with %j', (...given) => {
    const [whenScaled, whenDeleted, staying, leaving] = given;
    expect(owners(set(whenScaled, whenDeleted))).toEqual([staying, leaving]);
  });

  it('are let go when the policy changes, and left alone when they are another’s', () => {
    const store = set('Retain', 'Retain');
    expect(ownerChanges(store, [pod(0)], [claim(0, [store])])).toMatchObject([{ ownerReferences: [] }]);
    const controller = { apiVersion: 'v1', kind: 'Operator', name: 'o', uid: 'o', controller: true };
    expect(ownerChanges(set('Retain', 'Delete'), [pod(0)], [claim(0, [], [controller])])).toEqual([]);
  });

  it('are waited for when they go with a pod of the same name that is gone', () => {
    expect(hasStaleClaim(set('Delete', 'Retain'), 1, [claim(1, [pod(1)])])).toBe(true);
    expect(hasStaleClaim(set('Delete', 'Retain'), 1, [claim(1)])).toBe(false);
  });
});
