import type { AnyKind } from '../objects/kinds/kind.ts';
import { conflict, forbidden } from '../objects/status-error.ts';
import { toTimestamp } from '../../lib/clock.ts';
import type { KubeObject, ObjectMeta } from '../objects/types.ts';
import { resourceOf, type ApiCall } from './api-call.ts';
import { isDryRun } from './write.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

/**
 * Deletes an object, or marks it as going when someone has to clean up first: whoever runs it, the owner of a
 * finalizer, or who else holds it by what its kind says.
 * @returns the object as it is then, and whether it is gone
 * @throws StatusError Conflict when a precondition does not hold
 */
export function deleteObject(
  call: ApiCall,
  live: KubeObject,
  options: DeleteOptions,
): { object: KubeObject; gone: boolean } {
  const { kind, context } = call;
  checkPreconditions(call, live, options);
  const why = kind.deletion?.refusal?.(live);
  if (why) throw forbidden(kind, live.metadata.name ?? '', why);
  const graceSeconds = kind.deletion?.graceSeconds?.(live, options.gracePeriodSeconds) ?? 0;
  const finalizers = finalizersFor(call, live.metadata, options);
  const mustWait = graceSeconds > 0 || finalizers.length > 0 || kind.deletion?.isHeld?.(live);
  const isDry = isDryRun(call) || options.dryRun?.includes('All');

  if (!mustWait) {
    const { resourceVersion = '' } = live.metadata;
    if (isDry) return { object: live, gone: true };
    const removed = context.store.delete(resourceOf(kind), withGrace(live), resourceVersion);
    return { object: removed ?? live, gone: true };
  }
  const marked = markDeleted(kind, live, { finalizers, graceSeconds }, context.clock.now());
  if (!marked || isDry) return { object: marked ?? live, gone: false };
  const stored = context.store.put(resourceOf(kind), marked, live.metadata.resourceVersion);
  return { object: stored ?? live, gone: false };
}

/** A pod that is removed at last says so: watchers see a grace of 0. */
function withGrace(live: KubeObject): KubeObject {
  if (live.metadata.deletionGracePeriodSeconds === undefined) return live;
  return { ...live, metadata: { ...live.metadata, deletionGracePeriodSeconds: 0 } };
}

/** @returns the marked object, undefined when it is marked already and nothing changes */
function markDeleted(
  kind: AnyKind,
  live: KubeObject,
  { finalizers, graceSeconds }: { finalizers: string[]; graceSeconds: number },
  nowMs: number,
): KubeObject | undefined {
  const { metadata } = live;
  const graceBefore = metadata.deletionGracePeriodSeconds ?? 0;
  if (
    metadata.deletionTimestamp &&
    graceSeconds >= graceBefore &&
    finalizers.length === (metadata.finalizers ?? []).length
  ) {
    return undefined;
  }
  const startedMs = metadata.deletionTimestamp ? Date.parse(metadata.deletionTimestamp) - graceBefore * 1000 : nowMs;
  const marked: KubeObject = {
    ...live,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(metadata.generation ? { generation: metadata.generation + 1 } : {}),
      deletionTimestamp: toTimestamp(startedMs + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
  kind.deletion?.mark?.(marked);
  return marked;
}

function finalizersFor({ kind }: ApiCall, { finalizers = [] }: ObjectMeta, options: DeleteOptions): string[] {
  const byDefault = kind.orphansByDefault && options.orphanDependents === undefined ? 'Orphan' : undefined;
  const policy = options.orphanDependents ? 'Orphan' : (options.propagationPolicy ?? byDefault);
  const wanted = policy === 'Foreground' ? 'foregroundDeletion' : policy === 'Orphan' ? 'orphan' : undefined;
  return wanted && !finalizers.includes(wanted) ? [...finalizers, wanted] : [...finalizers];
}

function checkPreconditions({ kind }: ApiCall, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const refuse = (what: string, wanted: string, found: string | undefined) =>
    conflict(
      kind,
      metadata.name ?? '',
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been deleted and then recreated`,
    );
  if (uid && uid !== metadata.uid) throw refuse('UID', uid, metadata.uid);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion);
  }
}
