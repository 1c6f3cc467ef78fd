import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../cluster/cluster.ts';
import { newsOnly } from './audit-log.ts';

const entry = (atMs: number, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs,
  user: 'u',
  userAgent: 'kubectl',
  verb: 'list',
  resource: 'pods',
  code: 200,
  ...changes,
});

describe('the audit log', () => {
  it('notes looks at the same thing once a minute, and every change', () => {
    const isNews = newsOnly();
    expect([entry(0), entry(59_999), entry(60_000), entry(60_001)].map(isNews)).toEqual([true, false, true, false]);
    expect(isNews(entry(60_002, { resource: 'services' }))).toBe(true);
    expect(isNews(entry(60_002, { subresource: 'log', verb: 'get' }))).toBe(true);
    const change = { verb: 'patch' };
    expect([entry(60_003, change), entry(60_003, change)].map(isNews)).toEqual([true, true]);
    expect(isNews(entry(60_004, { verb: 'get', subresource: 'exec' }))).toBe(true);
  });
});
