import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { componentOf, describeEntry, isChange, isRollBack, readTrail, type TrailEntry } from './trail.ts';

const entry = (changes: Partial<TrailEntry> = {}): TrailEntry => ({
  atMs: 10,
  userAgent: 'kubectl/v1.36',
  verb: 'patch',
  resource: 'deployments.apps',
  name: 'shop',
  code: 200,
  ...changes,
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trail-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('the trail', () => {
  it('holds what people did after the hand-over, and survives a cut line', async () => {
    const path = join(dir, 'audit.jsonl');
    const lines = [entry({ atMs: 5 }), entry(), entry({ userAgent: '' })].map((one) => JSON.stringify(one));
    await writeFile(path, `${lines.join('\n')}\nnot json\n{"atMs":11,"userAg`);
    expect(await readTrail(path, 10)).toMatchObject([{ atMs: 10, name: 'shop' }]);
  });
  it('is empty where there is none', async () => {
    expect(await readTrail(join(dir, 'nothing'), 0)).toEqual([]);
  });
  it('tells a roll-back from another patch', () => {
    const undo = entry({ patch: [{ op: 'replace', path: '/spec/template', value: {} }] });
    expect(isRollBack(undo)).toBe(true);
    expect(describeEntry(undo)).toBe('roll back deployments.apps/shop');
    expect(isRollBack(entry({ patch: [{ op: 'replace', path: '/spec/replicas', value: 2 }] }))).toBe(false);
    expect(componentOf(undo)).toBe('shop');
    expect(componentOf(entry({ resource: 'configmaps', name: 'shop' }))).toBeUndefined();
  });
  it.each([
    [entry(), true],
    [entry({ code: 404 }), false],
    [entry({ verb: 'list', resource: 'pods' }), false],
    [entry({ dryRun: true }), false],
    [entry({ subresource: 'exec', code: 101 }), false],
  ])('%j changes something: %s', (one, changes) => {
    expect(isChange(one)).toBe(changes);
  });
});

describe('an entry in words', () => {
  it('says what a patch changed, by name', () => {
    const containers = [{ name: 'shop', env: [{ name: 'DB', value: 'x' }] }];
    const patch = { spec: { template: { spec: { containers, '$setElementOrder/containers': [{ name: 'shop' }] } } } };
    expect(describeEntry(entry({ patch }))).toBe(
      'patch deployments.apps/shop: spec.template.spec.containers[shop].env[DB].value=x',
    );
  });
  it('keeps the contents of Secrets', () => {
    expect(describeEntry(entry({ resource: 'secrets', patch: { data: { key: 'c2VjcmV0' } } }))).toBe(
      'patch secrets/shop',
    );
  });
  it('says when it was refused', () => {
    expect(describeEntry(entry({ code: 403 }))).toBe('patch deployments.apps/shop (refused, 403)');
  });
});
