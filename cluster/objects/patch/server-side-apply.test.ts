import { describe, expect, it } from 'vitest';

import type { KubeObject } from '../types.ts';
import { trackUpdate } from './managed-fields.ts';
import { serverSideApply } from './server-side-apply.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');

function deployment(spec: object, metadata: object = {}): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec };
}

function pods(...containers: object[]) {
  return { template: { spec: { containers } } };
}

function apply(live: KubeObject | undefined, applied: KubeObject, manager = 'kubectl', force = false): KubeObject {
  return serverSideApply(live, applied, { manager, force, nowMs: START_MS });
}

/** What `kubectl scale`, `set` and the like do: change a copy, let the server record the change. */
function update(live: KubeObject, manager: string, change: (copy: KubeObject) => void): KubeObject {
  const copy = structuredClone(live);
  change(copy);
  trackUpdate(live, copy, { manager }, START_MS);
  return copy;
}

function scale(live: KubeObject, replicas: number): KubeObject {
  return update(live, 'kubectl-set', (copy) => {
    (copy.spec as { replicas: number }).replicas = replicas;
  });
}

describe('server-side apply', () => {
  it('reports a field that somebody else changed, with the real words', () => {
    const live = scale(apply(undefined, deployment({ replicas: 1 })), 3);
    expect(() => apply(live, deployment({ replicas: 1 }))).toThrow(
      expect.objectContaining({
        message: 'Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.replicas',
        code: 409,
        reason: 'Conflict',
      }),
    );
  });

  it('names every conflict, grouped by manager, and carries one cause for each', () => {
    const first = apply(undefined, deployment({ replicas: 1, ...pods({ name: 'web', image: 'a' }) }));
    const live = update(scale(first, 3), 'kubectl-edit', (copy) => {
      (copy.spec as { template: unknown }).template = pods({ name: 'web', image: 'b' }).template;
    });
    const wanted = deployment({ replicas: 1, ...pods({ name: 'web', image: 'a' }) });
    expect(() => apply(live, wanted)).toThrow(
      expect.objectContaining({
        message: [
          'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:',
          '- .spec.template.spec.containers[name="web"].image',
          'conflicts with "kubectl-set" using apps/v1:',
          '- .spec.replicas',
        ].join('\n'),
        status: expect.objectContaining({
          details: {
            causes: [
              expect.objectContaining({ field: '.spec.replicas', reason: 'FieldManagerConflict' }),
              expect.objectContaining({ field: '.spec.template.spec.containers[name="web"].image' }),
            ],
          },
        }) as unknown,
      }),
    );
  });

  it('takes the field over when forced, and then owns it alone', () => {
    const live = scale(apply(undefined, deployment({ replicas: 1 })), 3);
    const forced = apply(live, deployment({ replicas: 1 }), 'kubectl', true);
    expect(forced.spec).toEqual({ replicas: 1 });
    expect(forced.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['kubectl']);
  });

  it('shares a field when both want the same value', () => {
    const live = apply(apply(undefined, deployment({ replicas: 2 })), deployment({ replicas: 2 }), 'other');
    expect(live.metadata.managedFields).toHaveLength(2);
  });

  it('removes what it applied before and leaves out now, unless others own it, too', () => {
    const first = apply(undefined, deployment({ replicas: 2, paused: true, minReadySeconds: 5 }));
    const live = apply(first, deployment({ paused: true }), 'other');
    expect(apply(live, deployment({ replicas: 2 })).spec).toEqual({ replicas: 2, paused: true });
  });

  it('removes a list item with its defaulted fields, and leaves the items of others', () => {
    const first = apply(undefined, deployment(pods({ name: 'a', image: 'a' }, { name: 'b', image: 'b' })));
    const live = update(first, 'injector', (copy) => {
      const [a, b] = (copy.spec as ReturnType<typeof pods>).template.spec.containers;
      copy.spec = pods({ ...a }, { ...b, imagePullPolicy: 'Always' }, { name: 'injected' });
    });
    // The pull policy is what somebody else set: the container it belongs to stays.
    expect(apply(live, deployment(pods({ name: 'a', image: 'a' }))).spec).toEqual(
      pods({ name: 'a', image: 'a' }, { name: 'b', imagePullPolicy: 'Always' }, { name: 'injected' }),
    );
    expect(apply(first, deployment(pods({ name: 'a', image: 'a' }))).spec).toEqual(pods({ name: 'a', image: 'a' }));
  });

  it('drops a map that becomes empty', () => {
    const live = apply(undefined, deployment({}, { labels: { app: 'web' } }));
    expect(apply(live, deployment({})).metadata).not.toHaveProperty('labels');
  });

  it('knows a container port by number and protocol, TCP when none is given', () => {
    const live = apply(
      undefined,
      deployment(pods({ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] })),
      'x',
    );
    const merged = apply(live, deployment(pods({ name: 'a', ports: [{ containerPort: 80, name: 'http' }] })));
    expect(merged.spec).toEqual(pods({ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }));
  });

  it('changes nothing, not even a time, when the same is applied again', () => {
    const wanted = deployment({ replicas: 2, ...pods({ name: 'a', image: 'a' }) });
    const live = apply(undefined, wanted);
    expect(serverSideApply(live, wanted, { manager: 'kubectl', force: false, nowMs: START_MS + 60_000 })).toEqual(live);
  });
});

describe('tracking of updates', () => {
  it('leaves the record alone when nothing changed', () => {
    const live = apply(undefined, deployment({ replicas: 2 }));
    expect(update(live, 'kubectl-edit', () => undefined)).toEqual(live);
  });

  it('takes a changed field from the one who applied it, as recorded on a real cluster', () => {
    const live = apply(undefined, deployment(pods({ name: 'web', image: 'a' })));
    const updated = update(live, 'kubectl-set', (copy) => {
      copy.spec = pods({ name: 'web', image: 'b' });
    });
    expect(updated.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      [
        'kubectl',
        {
          'f:spec': {
            'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {} } } } },
          },
        },
      ],
      [
        'kubectl-set',
        { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } } } },
      ],
    ]);
  });

  it('keeps the owners that the request itself set, as the migration of kubectl apply --server-side does', () => {
    const live = apply(undefined, deployment({ replicas: 2 }), 'before');
    const updated = update(live, 'kubectl', (copy) => {
      for (const entry of copy.metadata.managedFields ?? []) entry.manager = 'after';
    });
    expect(updated.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['after']);
  });

  it('folds the oldest managers into one beyond ten', () => {
    let live = apply(undefined, deployment({}));
    for (let writer = 0; writer < 14; writer += 1) {
      live = update(live, `manager-${writer}`, (copy) => {
        copy.metadata.labels = { ...copy.metadata.labels, [`l${writer}`]: 'x' };
      });
    }
    expect(live.metadata.managedFields).toHaveLength(11);
    expect(live.metadata.managedFields?.[0]?.manager).toBe('ancient-changes');
  });
});
