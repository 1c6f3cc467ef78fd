import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import { KubeError } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { collectionPath, objectPath, type Addressable } from '../../lib/kube/paths.ts';
import { LabError } from '../errors.ts';
import type { LabFolder } from '../lab-folder.ts';
import { unlessAbsent } from './seat-mark.ts';

/** Says in the cluster who sits here: made by whoever comes first, so two can't start at once. */
export const claimName = 'brokenprod-claim';

interface Claim extends Addressable {
  data: { holder: string; since: string; foreign: string };
}

const foreignSchema = z.array(
  z.object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.object({ name: z.string(), namespace: z.string() }),
  }),
);

/** A person, a machine and a folder. */
export function holderOf(folder: LabFolder): string {
  return `${userInfo().username}@${hostname()}:${folder.workingDir}`;
}

/**
 * Takes the seat, noting what stands there already.
 * @throws LabError SEAT_TAKEN
 */
export async function claimSeat(
  kube: Kube,
  labNamespace: string,
  claim: { holder: string; since: string; foreign: readonly Addressable[] },
): Promise<void> {
  try {
    await kube.create(collectionPath('v1', 'ConfigMap', labNamespace), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: claimName, namespace: labNamespace },
      data: { holder: claim.holder, since: claim.since, foreign: JSON.stringify(claim.foreign) },
    });
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 409) throw error;
    const other = await readClaim(kube, labNamespace);
    const { holder = 'somebody', since = 'a moment ago' } = other ?? {};
    throw new LabError('SEAT_TAKEN', { namespace: labNamespace.replace(/-lab$/, ''), holder, since });
  }
}

/** Who sits there, and what stood there before; undefined when the seat is free. */
export async function readClaim(
  kube: Kube,
  labNamespace: string,
): Promise<{ holder: string; since: string; foreign: Addressable[] } | undefined> {
  const claim = await unlessAbsent(kube.get<Claim>(claimPath(labNamespace), { timeoutMs: 10_000 }));
  return claim && { ...claim.data, foreign: foreignSchema.parse(JSON.parse(claim.data.foreign)) };
}

export async function releaseSeat(kube: Kube, labNamespace: string): Promise<void> {
  await kube.delete(claimPath(labNamespace));
}

function claimPath(namespace: string): string {
  return objectPath({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: claimName, namespace } });
}
