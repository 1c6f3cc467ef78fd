import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKubeTrail } from './kube-trail.ts';
import { describeEntry, isChange, isRollBack } from './trail.ts';

const fixture = join(import.meta.dirname, '..', 'engines', 'testdata', 'kube-audit.jsonl');
const handOver = { sinceMs: Date.parse('2026-11-21T14:47:00Z'), maxEntries: 100 };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kube-trail-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe("the trail of an API server's own audit log", () => {
  it('holds what people did after the hand-over, in the words of the other trails', async () => {
    await cp(fixture, join(dir, 'audit.log'));
    const trail = (await readKubeTrail(dir, handOver))!;
    expect(trail.map(describeEntry)).toEqual([
      'list pods',
      'exec pods/gateway-7d4b9c-x2x7q',
      'patch deployments.apps/gateway: spec.replicas=0 (dry run)',
      'roll back deployments.apps/gateway',
      'patch secrets/database-credentials',
      'delete configmaps/missing (refused, 404)',
    ]);
    expect(trail.filter(isChange)).toHaveLength(2);
    expect(trail.filter(isRollBack)).toHaveLength(1);
  });

  it('goes back to what was rotated, and survives a line that is being written', async () => {
    const lines = (await readFile(fixture, 'utf8')).split('\n');
    await writeFile(join(dir, 'audit-2026-11-21T14-47-15.000.log'), lines.slice(0, 4).join('\n'));
    await writeFile(join(dir, 'audit.log'), `${lines[5]}\n${lines[6]?.slice(0, 80)}`);
    await writeFile(join(dir, 'policy.yaml'), 'kind: Policy');
    const trail = await readKubeTrail(dir, handOver);
    expect(trail?.map(({ verb }) => verb)).toEqual(['list', 'create', 'patch']);
  });

  it('has a bound, is empty where nobody did anything, and unknown where the server wrote nothing', async () => {
    await cp(fixture, join(dir, 'audit.log'));
    expect(await readKubeTrail(dir, { ...handOver, sinceMs: Date.parse('2026-11-21T15:00:00Z') })).toEqual([]);
    expect(await readKubeTrail(dir, { ...handOver, maxEntries: 1 })).toMatchObject([{ verb: 'delete' }]);
    await writeFile(join(dir, 'audit.log'), '');
    expect(await readKubeTrail(dir, handOver)).toBeUndefined();
    expect(await readKubeTrail(join(dir, 'nothing'), handOver)).toBeUndefined();
  });
});
