import { describe, expect, it } from 'vitest';

import type { KubeObject } from '../types.ts';
import { applyPatch } from './index.ts';

const CONFIG: KubeObject & { data: object } = Object.freeze({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'app' },
  data: { a: '1', b: '2' },
});

describe('applyPatch', () => {
  it('applies a merge patch: null removes, the rest merges', () => {
    const patched = applyPatch('application/merge-patch+json; charset=utf-8', CONFIG, { data: { a: null, c: '3' } });
    expect(patched).toEqual({ ...CONFIG, data: { b: '2', c: '3' } });
  });

  it('applies a JSON patch', () => {
    const patch = [{ op: 'replace', path: '/data/a', value: '9' }];
    expect(applyPatch('application/json-patch+json', CONFIG, patch)).toEqual({ ...CONFIG, data: { a: '9', b: '2' } });
    expect(CONFIG.data).toEqual({ a: '1', b: '2' });
  });

  it('answers 422 when a JSON patch fails its test or names a path that is not there', () => {
    for (const patch of [[{ op: 'test', path: '/data/a', value: 'x' }], [{ op: 'remove', path: '/data/nope' }]]) {
      expect(() => applyPatch('application/json-patch+json', CONFIG, patch)).toThrow(
        expect.objectContaining({
          code: 422,
          message: 'the server rejected our request due to an error in our request',
        }),
      );
    }
  });

  it('shares nothing with the object it patched', () => {
    const patched = applyPatch('application/strategic-merge-patch+json', CONFIG, { metadata: { labels: { x: 'y' } } });
    expect(patched).not.toBe(CONFIG);
    expect((patched as typeof CONFIG).data).not.toBe(CONFIG.data);
  });

  it('does not let a patch reach the prototype of objects', () => {
    const patch = JSON.parse('{"data":{"__proto__":{"polluted":"yes"}}}') as unknown;
    for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      applyPatch(type, CONFIG, patch);
      expect(({} as { polluted?: string }).polluted).toBeUndefined();
    }
  });

  it('answers 415 for a type of patch that it does not know', () => {
    expect(() => applyPatch('application/json', CONFIG, {})).toThrow(expect.objectContaining({ code: 415 }));
  });
});
