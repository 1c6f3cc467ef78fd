/** The lines are written by hand from what Kubernetes documents of audit.k8s.io/v1, no recording. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEntryOf } from './kube-audit.ts';

const lines = readFileSync(join(import.meta.dirname, 'testdata', 'kube-audit.jsonl'), 'utf8')
  .trimEnd()
  .split('\n');
const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const entries = events.map(auditEntryOf);
const kubectl = 'kubectl/v1.36.2 (linux/amd64) kubernetes/8c9f2d1';

describe("an API server's audit log", () => {
  it('tells who did what to which object, when, and how it was answered', () => {
    expect(entries[7]).toEqual({
      atMs: Date.parse('2026-11-21T14:47:50.125Z'),
      user: 'system:admin',
      userAgent: kubectl,
      verb: 'delete',
      resource: 'configmaps',
      namespace: 'production',
      name: 'missing',
      code: 404,
    });
    expect(entries[1]).toMatchObject({ verb: 'list', resource: 'pods', code: 200 });
    expect(entries[1]).not.toHaveProperty('name');
  });

  it('names a group as kubectl does, and has what a patch says', () => {
    expect(entries[5]).toMatchObject({ resource: 'deployments.apps', patch: [{ path: '/spec/template' }, {}] });
    expect(entries[5]).not.toHaveProperty('dryRun');
    expect(entries[4]).toMatchObject({ dryRun: true, patch: { spec: { replicas: 0 } } });
    expect(entries[6]).toMatchObject({ verb: 'patch', resource: 'secrets' });
    expect(entries[6]).not.toHaveProperty('patch');
  });

  it('knows the lab itself by the name that it does not give', () => {
    expect(entries[0]).toMatchObject({ verb: 'create', resource: 'services', name: 'gateway', userAgent: '' });
  });

  it('takes what lasts when it begins, and not again when it ends', () => {
    expect(entries[3]).toMatchObject({ subresource: 'exec', code: 101 });
    expect(entries[8]).toBeUndefined();
    const watch = { ...events[1], verb: 'watch' };
    expect(auditEntryOf(watch)).toBeUndefined();
    expect(auditEntryOf({ ...watch, stage: 'ResponseStarted' })).toMatchObject({ verb: 'watch' });
    expect(auditEntryOf({ ...events[1], stage: 'RequestReceived' })).toBeUndefined();
    expect(auditEntryOf({ ...events[1], stage: 'Panic' })).toBeUndefined();
  });

  it("passes over what the cluster does with the administrator's rights, and what is no event", () => {
    expect(entries[9]).toBeUndefined();
    const { objectRef: _, ...discovery } = events[1]!;
    for (const other of [discovery, { ...events[1], kind: 'Policy' }, { level: 'info' }, 'text', null]) {
      expect(auditEntryOf(other)).toBeUndefined();
    }
  });
});
