import { canonicalJson } from '../hash.ts';
import { dnsLabelProblems, dnsSubdomainProblems } from '../names.ts';
import type { Pod, PodSpec } from '../types.ts';
import { validateContainers, validateName } from './container-validation.ts';
import { forbiddenField, invalidValue, nonNegative, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabels, validateMetadata } from './metadata-validation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_SECONDS = 2 ** 31 - 1;
const MUTABLE_FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

type Volume = NonNullable<PodSpec['volumes']>[number];

export function validatePod(pod: Pod, old?: Pod): FieldError[] {
  const errors = validateMetadata(pod);
  const spec = pod.spec ?? { containers: [] };
  errors.push(...validatePodSpec('spec', spec));
  if (old?.spec) errors.push(...validatePodUpdate(spec, old.spec));
  return errors;
}

/** Checks a pod spec, a template's as well as a pod's own. */
export function validatePodSpec(field: string, spec: PodSpec): FieldError[] {
  const volumeNames = new Set<string>();
  const errors = (spec.volumes ?? []).flatMap((volume, index) =>
    validateVolume(`${field}.volumes[${index}]`, volume, volumeNames),
  );
  if (!spec.containers?.length) errors.push(requiredValue(`${field}.containers`));
  errors.push(...validateContainers(`${field}.containers`, spec.containers ?? [], volumeNames));
  errors.push(...validateContainers(`${field}.initContainers`, spec.initContainers ?? [], volumeNames));
  errors.push(...oneOf(`${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES));
  errors.push(...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES));
  errors.push(...validateLabels(`${field}.nodeSelector`, spec.nodeSelector));
  if (spec.serviceAccountName) {
    errors.push(
      ...problemsAt(
        `${field}.serviceAccountName`,
        spec.serviceAccountName,
        dnsSubdomainProblems(spec.serviceAccountName),
      ),
    );
  }
  if (spec.hostname) errors.push(...problemsAt(`${field}.hostname`, spec.hostname, dnsLabelProblems(spec.hostname)));
  errors.push(...nonNegative(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_SECONDS)) {
    errors.push(
      invalidValue(`${field}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_SECONDS}, inclusive`),
    );
  }
  errors.push(...validateTolerations(`${field}.tolerations`, spec.tolerations ?? []));
  return errors;
}

function validateVolume(field: string, volume: Volume, taken: Set<string>): FieldError[] {
  const errors = validateName(`${field}.name`, volume.name, taken);
  if (Object.keys(volume).length > 2) errors.push(forbiddenField(field, 'may not specify more than 1 volume type'));
  if (volume.secret && !volume.secret.secretName) errors.push(requiredValue(`${field}.secret.secretName`));
  if (volume.configMap && !volume.configMap.name) errors.push(requiredValue(`${field}.configMap.name`));
  if (volume.hostPath && !volume.hostPath.path) errors.push(requiredValue(`${field}.hostPath.path`));
  if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName) {
    errors.push(requiredValue(`${field}.persistentVolumeClaim.claimName`));
  }
  return errors;
}

function validateTolerations(field: string, tolerations: NonNullable<PodSpec['tolerations']>): FieldError[] {
  return tolerations.flatMap(({ key, operator = 'Equal', value, effect }, index) => {
    const at = `${field}[${index}]`;
    const errors = oneOf(`${at}.operator`, operator, ['Equal', 'Exists']);
    if (!key && operator !== 'Exists') {
      errors.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (operator === 'Exists' && value) {
      errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    }
    if (effect) errors.push(...oneOf(`${at}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
    return errors;
  });
}

/** A pod is what it was created as; only a few fields may change afterwards. */
function validatePodUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  if (spec.containers?.length !== old.containers.length) {
    return [forbiddenField('spec.containers', 'pod updates may not add or remove containers')];
  }
  // Differs: the real message ends with a diff of the two specs in Go's syntax.
  return canonicalJson(fixedPart(spec, old)) === canonicalJson(fixedPart(old, old))
    ? []
    : [forbiddenField('spec', MUTABLE_FIELDS)];
}

function fixedPart(spec: PodSpec, old: PodSpec): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations = [], nodeName, terminationGracePeriodSeconds, ...rest } = spec;
  const added = tolerations.filter(
    (item) => !(old.tolerations ?? []).some((known) => canonicalJson(known) === canonicalJson(item)),
  );
  return {
    ...rest,
    tolerations: tolerations.filter((item) => !added.includes(item)),
    // The scheduler's binding is an update too: it may set a node once, never move a pod.
    nodeName: old.nodeName ? nodeName : undefined,
    grace: (old.terminationGracePeriodSeconds ?? 0) < 0 ? undefined : terminationGracePeriodSeconds,
    containers: spec.containers.map((container) => ({ ...container, image: '' })),
    initContainers: spec.initContainers?.map((container) => ({ ...container, image: '' })),
  };
}
