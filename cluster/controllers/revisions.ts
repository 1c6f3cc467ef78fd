/** The history of templates that StatefulSets and DaemonSets keep, for `kubectl rollout history` and `undo`. */
import type { Client } from '../client/client.ts';
import { controllerRevisions } from '../client/resources.ts';
import { canonicalJson, podTemplateHash } from '../objects/hash.ts';
import { ownerReferenceTo } from '../objects/owner-refs.ts';
import type { ControllerRevision, KubeObject, PodTemplateSpec } from '../objects/types.ts';

export type RevisionOwner = KubeObject & {
  spec?: { template: PodTemplateSpec; revisionHistoryLimit?: number };
};

/** The label that says which template a pod was made of. */
export const REVISION_LABEL = 'controller-revision-hash';

/**
 * The revision of the owner's template as it is now. A template that is back from earlier becomes the newest again.
 * @param known the owner's revisions so far
 */
export async function latestRevision(
  client: Client,
  owner: RevisionOwner,
  known: readonly ControllerRevision[],
): Promise<ControllerRevision> {
  const template = owner.spec?.template ?? {};
  const data = { spec: { template: { ...template, $patch: 'replace' } } };
  const newest = Math.max(0, ...known.map(({ revision }) => revision));
  const same = known.find((one) => canonicalJson(one.data) === canonicalJson(data));
  if (same?.revision === newest) return same;
  if (same) return client.update(controllerRevisions, { ...same, revision: newest + 1 });
  const hash = podTemplateHash(template);
  return client.create(controllerRevisions, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, [REVISION_LABEL]: hash },
      annotations: owner.metadata.annotations,
      ownerReferences: [ownerReferenceTo(owner)],
    },
    data,
    revision: newest + 1,
  });
}

export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _directive, ...template } = (data as { spec: { template: PodTemplateSpec & { $patch?: string } } })
    .spec.template;
  return template;
}

/** The hash of the template in a revision. */
export function revisionHash({ metadata }: ControllerRevision): string {
  return metadata.labels?.[REVISION_LABEL] ?? '';
}

/** The oldest revisions beyond the owner's limit that no pod was made of. Pure. */
export function surplusRevisions(
  owner: RevisionOwner,
  known: readonly ControllerRevision[],
  isInUse: (revision: ControllerRevision) => boolean,
): ControllerRevision[] {
  const unused = known.filter((one) => !isInUse(one)).toSorted((a, b) => a.revision - b.revision);
  return unused.slice(0, Math.max(0, unused.length - (owner.spec?.revisionHistoryLimit ?? 10)));
}
