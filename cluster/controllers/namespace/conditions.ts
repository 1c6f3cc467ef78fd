import { toTimestamp } from '../../../lib/clock.ts';
import { transitionTime } from '../../objects/conditions.ts';
import type { Namespace } from '../../objects/types.ts';

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

/** What a namespace that is being deleted still holds. */
export interface Remains {
  /** How many objects are left, by `resource.group`. */
  objects: ReadonlyMap<string, number>;
  /** How many of them each finalizer holds. */
  finalizers: ReadonlyMap<string, number>;
}

const discovered = 'All resources successfully discovered';
const parsed = 'All legacy kube types successfully parsed';
const deleted = 'All content successfully deleted, may be waiting on finalization';

/** Why a namespace is still there, as `kubectl describe` shows it. Pure; times of transition stay with the verdict. */
export function deletionConditions(before: readonly Condition[], remains: Remains, nowMs: number): Condition[] {
  const { objects, finalizers } = remains;
  const now = toTimestamp(nowMs);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): Condition => {
    const lastTransitionTime = transitionTime(before, { type, status }, now);
    return { lastTransitionTime, message, reason, status, type };
  };
  return [
    condition('NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', discovered),
    condition('NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', parsed),
    condition('NamespaceDeletionContentFailure', 'False', 'ContentDeleted', deleted),
    objects.size > 0
      ? condition(
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${listed(objects, 'has')}`,
        )
      : condition('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'),
    finalizers.size > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${listed(finalizers, 'in')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
}

function listed(counts: ReadonlyMap<string, number>, verb: 'has' | 'in'): string {
  const parts = [...counts].map(([name, count]) => `${name} ${verb} ${count} resource instances`);
  return parts.toSorted().join(', ');
}
