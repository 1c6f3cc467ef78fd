import { canonicalizePodQuantities } from '../../objects/kinds/canonical-quantities.ts';
import { limitProblems } from '../../objects/limits.ts';
import { forbidden } from '../../objects/status-error.ts';
import type { Container, LimitRange, PersistentVolumeClaim, Pod } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

type Quantities = Record<string, string>;

const annotation = 'kubernetes.io/limit-ranger';

/** Gives containers the requests and limits that they leave out, as the namespace's LimitRanges say. */
export function limitRanger({ kind, object, old, store }: AdmissionReview): void {
  if (old || kind.kind !== 'Pod' || !object.spec) return;
  const limitRanges = store.list('limitranges', object.metadata.namespace) as LimitRange[];
  if (limitRanges.length === 0) return;
  const pod = object as Pod;
  canonicalizePodQuantities(pod.spec!);
  for (const limitRange of limitRanges) setDefaults(pod, limitRange);
}

/** Refuses pods and claims beyond the namespace's LimitRanges. */
export function enforceLimits({ kind, object, old, store }: AdmissionReview): void {
  if (old || (kind.kind !== 'Pod' && kind.kind !== 'PersistentVolumeClaim')) return;
  const limitRanges = store.list('limitranges', object.metadata.namespace) as LimitRange[];
  for (const limitRange of limitRanges) {
    const problems = limitProblems(limitRange, object as Pod | PersistentVolumeClaim);
    const [first] = problems;
    if (first === undefined) continue;
    const why = problems.length > 1 ? `[${problems.join(', ')}]` : first;
    throw forbidden(kind, object.metadata.name ?? '', why);
  }
}

function setDefaults(pod: Pod, { spec }: LimitRange): void {
  const ofContainers = spec?.limits.filter(({ type }) => type === 'Container') ?? [];
  const requests: Quantities = Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest));
  const limits: Quantities = Object.assign({}, ...ofContainers.map((limit) => limit.default));
  const notes = [
    ...(pod.spec?.containers ?? []).flatMap((container) => fill(container, 'container', requests, limits)),
    ...(pod.spec?.initContainers ?? []).flatMap((container) => fill(container, 'init container', requests, limits)),
  ];
  if (notes.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
}

/** @returns what was filled in, as the annotation tells it */
function fill(container: Container, what: string, requests: Quantities, limits: Quantities): string[] {
  const resources = (container.resources ??= {});
  // A limit without a request stands for both: only what has neither gets the default request.
  const newRequests = without(requests, { ...resources.limits, ...resources.requests });
  const newLimits = without(limits, resources.limits ?? {});
  const note = (list: Quantities, part: string) => {
    const names = Object.keys(list).toSorted();
    return names.length > 0 ? [`${names.join(', ')} ${part} for ${what} ${container.name}`] : [];
  };
  if (Object.keys(newRequests).length > 0 || Object.keys(newLimits).length > 0) {
    resources.requests = { ...resources.limits, ...resources.requests, ...newRequests };
    resources.limits = { ...resources.limits, ...newLimits };
  }
  return [...note(newRequests, 'request'), ...note(newLimits, 'limit')];
}

function without(list: Quantities, present: Quantities): Quantities {
  return Object.fromEntries(Object.entries(list).filter(([name]) => !(name in present)));
}
