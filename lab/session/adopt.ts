import { sleep, type Clock } from '../../lib/clock.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { objectPath } from '../../lib/kube/paths.ts';
import { clearSeat, objectsIn } from '../engines/clear-seat.ts';
import { withdrawAccess } from '../engines/seat-access.ts';
import { readClaim, releaseSeat } from '../engines/seat-claim.ts';
import { madeByAdopt, reach, readNamespace, seatLabel, type Namespace } from '../engines/seat-mark.ts';
import { labNamespaceOf } from '../engines/target.ts';
import { LabError } from '../errors.ts';

interface Waiting {
  clock: Clock;
  signal: AbortSignal;
}

/** What `adopt` is going to do with one namespace. */
export interface Adoption {
  name: string;
  seat: string;
  action: 'create' | 'mark' | 'nothing';
}

/**
 * Looks at the namespaces of the seats, and changes nothing.
 * @throws LabError BAD_SEAT_NAME or ADOPT_REFUSED when one is not to be had
 */
export async function planAdoption(kube: Kube, seats: readonly string[]): Promise<Adoption[]> {
  for (const name of seats) {
    const isName = /^[a-z0-9]([a-z0-9-]{0,57}[a-z0-9])?$/.test(name);
    if (!isName || name === 'default' || name.startsWith('kube-')) throw new LabError('BAD_SEAT_NAME', { name });
  }
  const names = seats.flatMap((seat) => [seat, labNamespaceOf(seat)].map((name) => ({ seat, name })));
  return Promise.all(
    names.map(async ({ seat, name }) => {
      const namespace = await readNamespace(kube, name);
      return { seat, name, action: namespace ? await actionFor(kube, namespace, seat) : ('create' as const) };
    }),
  );
}

async function actionFor(kube: Kube, { metadata, status }: Namespace, seat: string): Promise<'mark' | 'nothing'> {
  const { name, labels } = metadata;
  if (status?.phase === 'Terminating') throw new LabError('ADOPT_REFUSED', { name, why: 'is just being deleted' });
  const mark = labels?.[seatLabel];
  if (mark === seat) return 'nothing';
  if (mark !== undefined) throw new LabError('ADOPT_REFUSED', { name, why: `belongs to the seat "${mark}"` });
  const [object] = await reach(kube, () => objectsIn(kube, [name]));
  if (!object) return 'mark';
  const why = `is somebody's: it holds ${object.kind} ${object.metadata.name}`;
  throw new LabError('ADOPT_REFUSED', { name, why });
}

/** Does what was planned. Running it again is fine. */
export async function adopt(kube: Kube, plan: readonly Adoption[]): Promise<void> {
  for (const { name, seat, action } of plan) {
    const labels = { [seatLabel]: seat, 'app.kubernetes.io/part-of': 'brokenprod' };
    await reach(kube, async () => {
      if (action === 'create') {
        const metadata = { name, labels, annotations: { [madeByAdopt]: 'true' } };
        await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
      } else if (action === 'mark') {
        await kube.patch(namespacePath(name), { metadata: { labels } });
      }
    });
  }
}

export interface Release {
  name: string;
  action: 'deleted' | 'unmarked' | 'not a seat';
}

/**
 * Undoes `adopt`: removes what a lab left, then the namespaces that `adopt` made, and the marks from the others.
 * @param waiting.signal also ends the wait for namespaces that are slow to go
 */
export async function release(kube: Kube, seat: string, waiting: Waiting): Promise<Release[]> {
  const released: Release[] = [];
  const labNamespace = labNamespaceOf(seat);
  await reach(kube, () => withdrawAccess(kube, seat));
  const claim = await reach(kube, () => readClaim(kube, labNamespace));
  for (const name of [seat, labNamespace]) {
    const namespace = await readNamespace(kube, name);
    if (namespace?.metadata.labels?.[seatLabel] !== seat) {
      released.push({ name, action: 'not a seat' });
    } else if (namespace.metadata.annotations?.[madeByAdopt]) {
      await reach(kube, () => kube.delete(namespacePath(name)));
      released.push({ name, action: 'deleted' });
    } else {
      await reach(kube, () => clearSeat(kube, [name], claim?.foreign ?? [], waiting));
      const labels = { [seatLabel]: null, 'app.kubernetes.io/part-of': null };
      await reach(kube, () => kube.patch(namespacePath(name), { metadata: { labels } }));
      released.push({ name, action: 'unmarked' });
    }
  }
  await releaseSeat(kube, labNamespace);
  for (const { name, action } of released) if (action === 'deleted') await untilGone(kube, name, waiting);
  return released;
}

async function untilGone(kube: Kube, name: string, { clock, signal }: Waiting): Promise<void> {
  while (await readNamespace(kube, name)) await sleep(clock, 500, signal);
}

function namespacePath(name: string): string {
  return objectPath({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
