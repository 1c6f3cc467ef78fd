/** What a pod of a StatefulSet is called, which claims are its own, and which revision it was made of. */
import { ownerReferenceTo } from '../../objects/owner-refs.ts';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '../../objects/types.ts';
import { REVISION_LABEL } from '../revisions.ts';

export function podName({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

/** The pod's place in its set; undefined for a pod whose name is not of the set. */
export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | undefined {
  const [, parent, digits] = /^(.+)-(\d+)$/.exec(pod.metadata.name ?? '') ?? [];
  return parent === metadata.name && digits !== undefined ? Number(digits) : undefined;
}

export function firstOrdinal({ spec }: StatefulSet): number {
  return spec?.ordinals?.start ?? 0;
}

export function ordinalsOf(set: StatefulSet): number[] {
  return Array.from({ length: set.spec?.replicas ?? 1 }, (_, index) => firstOrdinal(set) + index);
}

export function revisionOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[REVISION_LABEL];
}

/** @param revision name of the revision that `template` comes from */
export function podAt(set: StatefulSet, ordinal: number, template: PodTemplateSpec, revision: string): Pod {
  const name = podName(set, ordinal);
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const claims = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
  const others = (template.spec?.volumes ?? []).filter((volume) => !claims.includes(volume.name));
  const own = claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } }));
  const volumes = [...own, ...others];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      labels: {
        ...labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision,
        'statefulset.kubernetes.io/pod-name': name,
      },
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [ownerReferenceTo(set)],
    },
    spec: {
      ...(template.spec ?? { containers: [] }),
      hostname: name,
      ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

export function claimNamesAt(set: StatefulSet, ordinal: number): string[] {
  return (set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => `${metadata?.name}-${podName(set, ordinal)}`);
}

/** The claims that the pod at `ordinal` needs. They outlive it, and the set too, unless it says otherwise. */
export function claimsAt(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  const goWithSet = set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: `${template.metadata?.name}-${podName(set, ordinal)}`,
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...set.spec?.selector.matchLabels },
      ...(goWithSet ? { ownerReferences: [ownerReferenceTo(set)] } : {}),
    },
    spec: template.spec,
  }));
}
