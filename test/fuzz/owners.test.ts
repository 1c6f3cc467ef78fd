import { expect, it } from 'vitest';
import { configMaps } from '../../cluster/client/resources.ts';
import { startTestCluster, type TestCluster } from '../../cluster/controllers/test-cluster.ts';
import { isStatusError } from '../../cluster/objects/status-error.ts';
import type { OwnerReference } from '../../cluster/objects/types.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';

const namespace = 'default';

it('what has owners goes with the last of them, and nothing else goes', { timeout: fuzzTimeoutMs }, async () => {
  await forSeeds(8, async (random) => {
    await using cluster = await startTestCluster();
    const owners = await createForest(cluster, random);
    const doomed = new Set([...owners.keys()].filter(() => random.chance(0.2)));
    for (const name of doomed) {
      const propagationPolicy = random.pick(['Background', 'Foreground'] as const);
      await cluster.client.delete(configMaps, name, { namespace, propagationPolicy }).catch((error: unknown) => {
        // It went with its owners, where the garbage collector was quicker.
        if (!isStatusError(error, 'NotFound')) throw error;
      });
    }
    const expected = survivors(owners, doomed);
    await cluster.until(async () => (await namesIn(cluster)).join() === expected.join(), 60_000);
    await cluster.advance(60_000);
    expect(await namesIn(cluster)).toEqual(expected);
    expect(cluster.errors).toEqual([]);
  });
});

/** Thirty objects, each of which belongs to none, one or two of those before it. */
async function createForest(cluster: TestCluster, random: Random): Promise<Map<string, string[]>> {
  const owners = new Map<string, string[]>();
  const references = new Map<string, OwnerReference>();
  for (let index = 0; index < 30; index++) {
    const name = `object-${String(index).padStart(2, '0')}`;
    const before = [...owners.keys()];
    const own = new Set(Array.from({ length: before.length > 0 ? random.int(3) : 0 }, () => random.pick(before)));
    const ownerReferences = [...own].map((owner) => references.get(owner)!);
    const metadata = { name, namespace, labels: { forest: 'yes' }, ownerReferences };
    const created = await cluster.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    owners.set(name, [...own]);
    references.set(name, { apiVersion: 'v1', kind: 'ConfigMap', name, uid: created.metadata.uid! });
  }
  return owners;
}

function survivors(owners: ReadonlyMap<string, readonly string[]>, doomed: ReadonlySet<string>): string[] {
  const alive = new Set<string>();
  // Owners come first, so one pass is enough.
  for (const [name, own] of owners) {
    const isKept = own.length === 0 || own.some((owner) => alive.has(owner));
    if (!doomed.has(name) && isKept) alive.add(name);
  }
  return [...alive].toSorted();
}

async function namesIn({ client }: TestCluster): Promise<string[]> {
  const { items } = await client.list(configMaps, { namespace, labelSelector: 'forest=yes' });
  return items.map(({ metadata }) => metadata.name ?? '').toSorted();
}
