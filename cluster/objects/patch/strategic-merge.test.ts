import { describe, expect, it } from 'vitest';

import { strategicMerge } from './strategic-merge.ts';

function deployment(containers: object[], extra: object = {}) {
  return { spec: { template: { spec: { containers, ...extra } } } };
}

describe('strategic merge patch', () => {
  it('merges containers by name and keeps what the patch does not name', () => {
    const current = deployment([
      { name: 'web', image: 'web:1', ports: [{ containerPort: 80, protocol: 'TCP' }] },
      { name: 'log', image: 'log:1' },
    ]);
    const merged = strategicMerge(current, deployment([{ name: 'web', image: 'web:2' }]));
    expect(merged).toEqual(
      deployment([
        { name: 'web', image: 'web:2', ports: [{ containerPort: 80, protocol: 'TCP' }] },
        { name: 'log', image: 'log:1' },
      ]),
    );
    expect(current.spec.template.spec.containers[0]).toHaveProperty('image', 'web:1');
  });

  it('merges ports of containers by containerPort and ports of Services by port', () => {
    const containers = strategicMerge(
      deployment([{ name: 'web', ports: [{ containerPort: 80, name: 'http' }] }]),
      deployment([{ name: 'web', ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 81 }] }]),
    );
    expect(containers.spec.template.spec.containers).toEqual([
      { name: 'web', ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }, { containerPort: 81 }] },
    ]);
    const service = { spec: { ports: [{ port: 80, targetPort: 3000 }] } };
    expect(strategicMerge(service, { spec: { ports: [{ port: 80, targetPort: 3001 }] } })).toEqual({
      spec: { ports: [{ port: 80, targetPort: 3001 }] },
    });
  });

  it('deletes an environment variable as `kubectl set env NAME-` does', () => {
    const merged = strategicMerge(deployment([{ name: 'web', env: [{ name: 'A' }, { name: 'B' }] }]), {
      spec: {
        template: {
          spec: {
            $setElementOrder: undefined,
            '$setElementOrder/containers': [{ name: 'web' }],
            containers: [
              { name: 'web', env: [{ name: 'A', $patch: 'delete' }], '$setElementOrder/env': [{ name: 'B' }] },
            ],
          },
        },
      },
    });
    expect(merged.spec.template.spec.containers).toEqual([{ name: 'web', env: [{ name: 'B' }] }]);
  });

  it('puts named items in the wanted order and leaves what only the server knows in its place', () => {
    const current = deployment([{ name: 'injected' }, { name: 'a' }, { name: 'b' }]);
    const merged = strategicMerge(current, {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }, { name: 'new' }],
            containers: [{ name: 'new' }],
          },
        },
      },
    });
    expect(merged.spec.template.spec.containers).toEqual([
      { name: 'injected' },
      { name: 'b' },
      { name: 'a' },
      { name: 'new' },
    ]);
  });

  it('keeps only retained keys, so that a change of strategy drops the settings of the old one', () => {
    const current = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(strategicMerge(current, patch)).toEqual({ spec: { strategy: { type: 'Recreate' } } });
  });

  it('replaces lists without a key, removes null fields and deletes from lists of plain values', () => {
    const current = { metadata: { finalizers: ['a', 'b'] }, spec: { paused: true, args: ['x', 'y'] } };
    const patch = {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] },
      spec: { paused: null, args: ['z'] },
    };
    expect(strategicMerge(current, patch)).toEqual({ metadata: { finalizers: ['c', 'b'] }, spec: { args: ['z'] } });
  });

  it('replaces a map or a list with `$patch: replace`', () => {
    const current = deployment([{ name: 'a' }, { name: 'b' }], { nodeSelector: { x: '1', y: '2' } });
    const merged = strategicMerge(
      current,
      deployment([{ $patch: 'replace' }, { name: 'c' }], { nodeSelector: { $patch: 'replace', z: '3' } }),
    );
    expect(merged).toEqual(deployment([{ name: 'c' }], { nodeSelector: { z: '3' } }));
  });

  // As a kube-apiserver (1.20.2) orders them.
  it('puts what is new before all that it leaves alone, and what it names in its own order', () => {
    const names = (current: string[], patch: object[]) => {
      const merged = strategicMerge(deployment(current.map((name) => ({ name }))), deployment(patch));
      return merged.spec.template.spec.containers.map((container) => (container as { name: string }).name).join('');
    };
    expect(names(['c'], [{ name: 'e' }])).toBe('ec');
    expect(names(['e', 'c'], [{ name: 'f' }, { name: 'c' }])).toBe('fec');
    expect(names(['f', 'e', 'c'], [{ name: 'c' }, { name: 'g' }])).toBe('fecg');
    expect(names(['f', 'e', 'c', 'g'], [{ name: 'e', $patch: 'delete' }, { name: 'h' }])).toBe('hfcg');
    expect(names(['h', 'f', 'c', 'g'], [{ name: 'g' }, { name: 'c' }])).toBe('hfgc');
    expect(names(['z'], [{ name: 'z', $patch: 'replace' }])).toBe('');
  });

  it('refuses items in another order than it wants them in', () => {
    const patch = { ...deployment([{ name: 'c' }]).spec.template.spec, '$setElementOrder/containers': [{ name: 'h' }] };
    expect(() => strategicMerge(deployment([{ name: 'c' }]), { spec: { template: { spec: patch } } })).toThrow(
      "The order in patch list:\n[map[name:c]]\n doesn't match $setElementOrder list:\n[map[name:h]]\n",
    );
  });

  it('refuses a list item without its merge key, where there is something to merge with', () => {
    const unnamed = deployment([{ image: 'x' }]);
    expect(strategicMerge(deployment([]), unnamed)).toEqual(unnamed);
    expect(() => strategicMerge(deployment([{ name: 'a' }]), unnamed)).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
    expect(() => strategicMerge({}, { spec: { $patch: 'foo' } })).toThrow(
      'unknown patch type: foo in map: map[$patch:foo]',
    );
    expect(() => strategicMerge({}, [])).toThrow(
      'json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  });
});
