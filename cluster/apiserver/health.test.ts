import { expect, it } from 'vitest';
import { healthText } from './health.ts';

const ask = (path: string, query = '') => healthText(path, { query: new URLSearchParams(query) });

it('is one word, or a line for each check', () => {
  expect(ask('/livez')).toBe('ok');
  expect(ask('/livez', 'verbose')).toMatch(/^\[\+\]ping ok\n\[\+\]log ok\n(\[\+\]\S+ ok\n)+livez check passed\n$/);
  expect(ask('/readyz', 'verbose')).toContain('[+]etcd-readiness ok\n[+]informer-sync ok\n');
  expect(ask('/readyz', 'verbose')).toMatch(/\[\+\]shutdown ok\nreadyz check passed\n$/);
});

it('leaves out a check on demand', () => {
  expect(ask('/healthz', 'verbose&exclude=etcd')).toContain('[+]etcd excluded: ok\n');
});

it('says which check it could not leave out', () => {
  expect(ask('/livez', 'verbose&exclude=shutdown&exclude=nothing')).toMatch(
    /\nwarn: some health checks cannot be excluded: no matches for "nothing", "shutdown"\nlivez check passed\n$/,
  );
});

it('answers for one check alone, where there is such a check', () => {
  expect(ask('/livez/ping')).toBe('ok');
  expect(ask('/healthz/poststarthook/rbac/bootstrap-roles')).toBe('ok');
  expect(ask('/readyz/shutdown')).toBe('ok');
  expect(ask('/livez/shutdown')).toBeUndefined();
  expect(ask('/healthzy')).toBeUndefined();
});
