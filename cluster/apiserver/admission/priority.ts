import { forbidden } from '../../objects/status-error.ts';
import type { PodSpec, PriorityClass } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';
import { nameInMessages } from './name-in-messages.ts';

const priorityClasses = 'priorityclasses.scheduling.k8s.io';

/** Gives each pod the number that its priority class stands for; without one that of the default class, or 0. */
export function priority({ kind, object, old, store }: AdmissionReview): void {
  if (old || kind.kind !== 'Pod' || !object.spec) return;
  const spec = object.spec as PodSpec;
  const found: PriorityClass | undefined = spec.priorityClassName
    ? store.get(priorityClasses, undefined, spec.priorityClassName)
    : (store.list(priorityClasses) as PriorityClass[]).find(({ globalDefault }) => globalDefault);
  if (spec.priorityClassName && !found) {
    throw forbidden(kind, nameInMessages(object), `no PriorityClass with name ${spec.priorityClassName} was found`);
  }
  const value = found?.value ?? 0;
  if (spec.priority !== undefined && spec.priority !== null && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    throw forbidden(kind, nameInMessages(object), why);
  }
  spec.priority = value;
  spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (found && !spec.priorityClassName) spec.priorityClassName = found.metadata.name;
}
