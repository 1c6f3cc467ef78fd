import { isNotFound, KubeError, KubeUnreachable } from '../../lib/kube/kube-error.ts';
import type { Kube } from '../../lib/kube/kube.ts';
import { objectPath, type Addressable } from '../../lib/kube/paths.ts';
import { LabError } from '../errors.ts';

/** On both namespaces of a seat: the lab may work in here. Its value is the seat's own namespace. */
export const seatLabel = 'brokenprod.dev/seat';
/** On a namespace that `adopt` made, and that it will therefore remove. */
export const madeByAdopt = 'brokenprod.dev/made-by-adopt';

export interface Namespace extends Addressable {
  metadata: {
    name: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  status?: { phase?: string };
}

/** @returns undefined when there is none */
export async function readNamespace(kube: Kube, name: string): Promise<Namespace | undefined> {
  const path = objectPath({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return reach(kube, () => unlessAbsent(kube.get<Namespace>(path, { timeoutMs: 10_000 })));
}

/** Undefined instead of a 404. */
export async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/**
 * Does something with the user's cluster and puts what goes wrong in words.
 * @throws LabError CLUSTER_UNREACHABLE, CLUSTER_REFUSES_CREDENTIALS or CLUSTER_FORBIDS
 */
export async function reach<T>(kube: Kube, work: () => Promise<T>): Promise<T> {
  const { context } = kube.access;
  try {
    return await work();
  } catch (error) {
    if (error instanceof KubeUnreachable) {
      throw new LabError('CLUSTER_UNREACHABLE', { context, why: error.message }, { cause: error });
    }
    if (error instanceof KubeError && error.status === 401) {
      throw new LabError('CLUSTER_REFUSES_CREDENTIALS', { context }, { cause: error });
    }
    if (error instanceof KubeError && error.status === 403) {
      throw new LabError('CLUSTER_FORBIDS', { context, why: error.message }, { cause: error });
    }
    throw error;
  }
}

/**
 * @throws LabError NOT_ADOPTED unless each namespace is there and marked as this seat's
 */
export async function requireMark(kube: Kube, seat: { namespace: string; labNamespace: string }): Promise<void> {
  const { context } = kube.access;
  for (const name of [seat.namespace, seat.labNamespace]) {
    const namespace = await readNamespace(kube, name);
    const why = !namespace
      ? 'does not exist'
      : namespace.status?.phase === 'Terminating'
        ? 'is just being deleted'
        : namespace.metadata.labels?.[seatLabel] !== seat.namespace
          ? 'does not carry the mark of a lab, so it may be somebody’s own'
          : undefined;
    if (why) throw new LabError('NOT_ADOPTED', { name, why, context, namespace: seat.namespace });
  }
}
