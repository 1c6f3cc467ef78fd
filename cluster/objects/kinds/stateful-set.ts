import { canonicalJson } from '../hash.ts';
import { dnsLabelProblems } from '../names.ts';
import type { PodTemplateSpec, StatefulSet } from '../types.ts';
import { canonicalizeQuantities } from './canonical-quantities.ts';
import { ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { forbiddenField, invalidValue, nonNegative, oneOf } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate, validateTemplateOwner } from './pod-template.ts';

type Spec = NonNullable<StatefulSet['spec']>;

const POLICIES = ['OrderedReady', 'Parallel'];
const IMMUTABLE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export const statefulSet: KindDefinition<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['scale', 'status'],
  defaults: defaultStatefulSet,
  validate: validateStatefulSet,
  columns: [
    nameColumn,
    { name: 'Ready', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}` },
    ageColumn,
    ...workloadColumns.filter(({ name }) => name !== 'Selector'),
  ],
};

function defaultStatefulSet(object: StatefulSet): void {
  const spec = (object.spec ??= {} as Spec);
  spec.replicas ??= 1;
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.revisionHistoryLimit ??= 10;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') (strategy.rollingUpdate ??= {}).partition ??= 0;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    (claim.spec ??= {}).volumeMode ??= 'Filesystem';
    canonicalizeQuantities(claim.spec.resources?.requests);
    (claim.status ??= {}).phase ??= 'Pending';
  }
  defaultTemplate(spec);
  object.status ??= { replicas: 0, availableReplicas: 0 };
}

function validateStatefulSet(object: StatefulSet, old?: StatefulSet): FieldError[] {
  const spec = object.spec as Spec;
  // Its pods have its name in theirs, and a pod's host name has no dots.
  const errors = validateMetadata(object, dnsLabelProblems);
  if (!POLICIES.includes(spec.podManagementPolicy ?? '')) {
    errors.push(
      invalidValue('spec.podManagementPolicy', spec.podManagementPolicy, `must be '${POLICIES.join("' or '")}'`),
    );
  }
  errors.push(...validateStrategy(spec.updateStrategy ?? {}));
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  const retention = 'spec.persistentVolumeClaimRetentionPolicy';
  errors.push(...oneOf(`${retention}.whenDeleted`, whenDeleted, ['Retain', 'Delete']));
  errors.push(...oneOf(`${retention}.whenScaled`, whenScaled, ['Retain', 'Delete']));
  errors.push(...nonNegative('spec.replicas', spec.replicas));
  errors.push(...nonNegative('spec.minReadySeconds', spec.minReadySeconds));
  errors.push(...nonNegative('spec.ordinals.start', spec.ordinals?.start));
  errors.push(...validateTemplateOwner({ ...spec, template: withClaims(spec) }, 'StatefulSet'));
  errors.push(...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit));
  if (old?.spec && canonicalJson(fixedPart(spec)) !== canonicalJson(fixedPart(old.spec))) {
    errors.push(forbiddenField('spec', IMMUTABLE));
  }
  return errors;
}

function validateStrategy({ type, rollingUpdate }: NonNullable<Spec['updateStrategy']>): FieldError[] {
  const at = 'spec.updateStrategy';
  const { partition = 0, maxUnavailable = null } = rollingUpdate ?? {};
  const shown = rollingUpdate ? { Partition: partition, MaxUnavailable: maxUnavailable } : null;
  if (type === 'OnDelete') {
    if (!shown) return [];
    return [invalidValue(`${at}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type === 'RollingUpdate') return nonNegative(`${at}.rollingUpdate.partition`, rollingUpdate?.partition);
  return [invalidValue(at, { Type: type, RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'")];
}

/** The template as its pods will have it: each claim is a volume. */
function withClaims({ template, volumeClaimTemplates = [] }: Spec): PodTemplateSpec {
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '');
  const own = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = (template.spec?.volumes ?? []).filter(({ name }) => !names.includes(name));
  return { ...template, spec: { containers: [], ...template.spec, volumes: [...own, ...others] } };
}

function fixedPart(spec: Spec): unknown {
  const { selector, serviceName, podManagementPolicy, volumeClaimTemplates } = spec;
  return { selector, serviceName, podManagementPolicy, volumeClaimTemplates };
}
