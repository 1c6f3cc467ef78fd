/** Whom the terms of pod affinity and of spreading mean. */
import { matchesLabels } from '../../objects/selector.ts';
import type { LabelSelector, Pod } from '../../objects/types.ts';
import type { Neighbours } from './cluster-view.ts';
import { ofPods } from './of-pods.ts';

type PodAffinity = NonNullable<NonNullable<NonNullable<Pod['spec']>['affinity']>['podAffinity']>;
export type Term = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
export type WeightedTerm = NonNullable<PodAffinity['preferredDuringSchedulingIgnoredDuringExecution']>[number];

interface LabelKeys {
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

type Side = 'podAffinity' | 'podAntiAffinity';

export function requiredTerms({ spec }: Pod, side: Side): readonly Term[] {
  return spec?.affinity?.[side]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

export function preferredTerms({ spec }: Pod, side: Side): readonly WeightedTerm[] {
  return spec?.affinity?.[side]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** Those that say anything about whom they want near or far. */
export const withTerms = ofPods((pods) =>
  pods.filter(({ spec }) => spec?.affinity?.podAffinity ?? spec?.affinity?.podAntiAffinity),
);

/** Whether a term of `of` means this pod. */
export function isMeant(pod: Pod, term: Term, of: Pod, all: Neighbours): boolean {
  return isInReach(pod, term, of, all) && matchesLabels(selectorFor(of, term), pod.metadata.labels);
}

/** The selector of a term of this pod, with the values that the pod itself has for the keys that it names. */
export function selectorFor(pod: Pod, term: LabelKeys): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector) return undefined;
  const expressions = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = pod.metadata.labels?.[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  return {
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector.matchExpressions ?? []),
      ...expressions(matchLabelKeys, 'In'),
      ...expressions(mismatchLabelKeys, 'NotIn'),
    ],
  };
}

/** Without a word about namespaces a term means those of its own. */
function isInReach(pod: Pod, { namespaces = [], namespaceSelector }: Term, of: Pod, all: Neighbours): boolean {
  const { namespace = '' } = pod.metadata;
  if (namespaces.length === 0 && !namespaceSelector) return namespace === of.metadata.namespace;
  return namespaces.includes(namespace) || matchesLabels(namespaceSelector, all.namespaceLabels(namespace));
}
