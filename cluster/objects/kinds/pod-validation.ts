import { canonicalJson } from '../hash.ts';
import { dnsLabelProblems, dnsSubdomainProblems } from '../names.ts';
import type { Container, Pod, PodSpec } from '../types.ts';
import { validateAffinity } from './affinity-validation.ts';
import { validateContainers, validateImageText } from './container-validation.ts';
import { validateDns, validateHostAliases } from './dns-validation.ts';
import { forbiddenField, invalidValue, oneOf, problemsAt } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateLabels, validateMetadata } from './metadata-validation.ts';
import { validateGates, validateSpread, validateTolerations } from './placement-validation.ts';
import { validatePodSecurity } from './security-validation.ts';
import { validateVolumes } from './volume-validation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_SECONDS = 2 ** 31 - 1;
const MUTABLE_FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

type Toleration = NonNullable<PodSpec['tolerations']>[number];

export function validatePod(pod: Pod, old?: Pod): FieldError[] {
  const errors = validateMetadata(pod);
  const spec = pod.spec ?? { containers: [] };
  errors.push(...validatePodSpec('spec', spec));
  for (const list of ['containers', 'initContainers'] as const) {
    (spec[list] ?? []).forEach((container, index) =>
      errors.push(...validateImageText(`spec.${list}[${index}]`, container)),
    );
  }
  if (old?.spec) return [...errors, ...validatePodUpdate(spec, old.spec)];
  if (!old && spec.ephemeralContainers?.length) {
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (!old && spec.nodeName && spec.schedulingGates?.length) {
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

/** Checks a pod spec, a template's as well as a pod's own, in the order in which a server does. */
export function validatePodSpec(field: string, spec: PodSpec): FieldError[] {
  const volumeNames = new Set<string>();
  return [
    ...validateVolumes(`${field}.volumes`, spec.volumes ?? [], volumeNames),
    ...validateContainers(field, spec, volumeNames),
    ...(spec.hostNetwork ? validateNodePorts(`${field}.containers`, spec.containers ?? []) : []),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(`${field}.nodeSelector`, spec.nodeSelector),
    ...validatePodSecurity(`${field}.securityContext`, spec),
    ...validateAffinity(`${field}.affinity`, spec.affinity),
    ...validateDns(`${field}.dnsConfig`, spec),
    ...validateGates(`${field}.schedulingGates`, spec.schedulingGates ?? []),
    ...validateSpread(`${field}.topologySpreadConstraints`, spec.topologySpreadConstraints ?? []),
    ...validateReferences(field, spec),
    ...validateTolerations(`${field}.tolerations`, spec.tolerations ?? []),
    ...validateHostAliases(`${field}.hostAliases`, spec.hostAliases ?? []),
    ...validateClasses(field, spec),
  ];
}

/** Names of other objects and hosts. */
function validateReferences(field: string, spec: PodSpec): FieldError[] {
  const { serviceAccountName, nodeName, activeDeadlineSeconds: deadline, hostname, subdomain } = spec;
  const problems: [string, unknown, string[]][] = [
    ['serviceAccountName', serviceAccountName, dnsSubdomainProblems(serviceAccountName || 'none')],
    ['nodeName', nodeName, dnsSubdomainProblems(nodeName || 'none')],
    [
      'activeDeadlineSeconds',
      deadline,
      deadline === undefined || (deadline >= 1 && deadline <= MAX_SECONDS)
        ? []
        : [`must be between 1 and ${MAX_SECONDS}, inclusive`],
    ],
    ['hostname', hostname, dnsLabelProblems(hostname || 'none')],
    ['subdomain', subdomain, dnsLabelProblems(subdomain || 'none')],
  ];
  return problems.flatMap(([name, value, texts]) => problemsAt(`${field}.${name}`, value, texts));
}

function validateClasses(
  field: string,
  { priorityClassName, runtimeClassName, preemptionPolicy, os }: PodSpec,
): FieldError[] {
  const errors = problemsAt(
    `${field}.priorityClassName`,
    priorityClassName,
    dnsSubdomainProblems(priorityClassName || 'none'),
  );
  const runtime = dnsSubdomainProblems(runtimeClassName ?? 'none');
  errors.push(...problemsAt(`${field}.runtimeClassName`, runtimeClassName, runtime));
  if (preemptionPolicy !== undefined) {
    errors.push(...oneOf(`${field}.preemptionPolicy`, preemptionPolicy, ['PreemptLowerPriority', 'Never']));
  }
  if (os) errors.push(...oneOf(`${field}.os.name`, os.name, ['linux', 'windows']));
  return errors;
}

/** A container in the node's network has the node's ports. */
function validateNodePorts(field: string, containers: readonly Container[]): FieldError[] {
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort = 0, containerPort }, place) =>
      hostPort === containerPort || hostPort === 0
        ? []
        : [
            invalidValue(
              `${field}[${index}].ports[${place}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

/** A pod is what it was created as; only a few fields may change afterwards. */
function validatePodUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list]?.length ?? 0) === (old[list]?.length ?? 0)) continue;
    return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  const errors = validateDeadlineUpdate(spec.activeDeadlineSeconds, old.activeDeadlineSeconds);
  if (errors.length > 0 && spec.activeDeadlineSeconds !== undefined) return errors;
  errors.push(...validateTolerationUpdate(spec.tolerations ?? [], old.tolerations ?? []));
  (spec.schedulingGates ?? []).forEach(({ name }, index) => {
    if ((old.schedulingGates ?? []).some((gate) => gate.name === name)) return;
    const rule = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbiddenField(`spec.schedulingGates[${index}].name`, rule));
  });
  // Differs: the real message ends with a diff of the two specs in Go's syntax.
  if (canonicalJson(fixedPart(spec, old)) !== canonicalJson(fixedPart(old, old))) {
    errors.push(forbiddenField('spec', MUTABLE_FIELDS));
  }
  return errors;
}

/** A deadline may come nearer and never farther. */
function validateDeadlineUpdate(seconds: number | undefined, old: number | undefined): FieldError[] {
  if (old === undefined || (seconds !== undefined && seconds <= old)) return [];
  const rule =
    seconds === undefined
      ? 'must not update from a positive integer to nil value'
      : 'must be less than or equal to previous value';
  return [invalidValue('spec.activeDeadlineSeconds', seconds, rule)];
}

function validateTolerationUpdate(tolerations: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const textOf = ({ tolerationSeconds: _seconds, ...rest }: Toleration) => canonicalJson(rest);
  const texts = new Set(tolerations.map(textOf));
  if (old.every((one) => texts.has(textOf(one)))) return [];
  const rule = 'existing toleration can not be modified except its tolerationSeconds';
  return [forbiddenField('spec.tolerations', rule)];
}

/** A pod that waits at a gate may still be told where to go. */
function fixedPart(spec: PodSpec, old: PodSpec): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec;
  const { nodeName, nodeSelector, affinity, terminationGracePeriodSeconds, ...others } = rest;
  const isGated = Boolean(old.schedulingGates?.length);
  return {
    ...others,
    ...(isGated ? {} : { nodeSelector, affinity }),
    // The scheduler's binding is an update too: it may set a node once, never move a pod.
    nodeName: old.nodeName ? nodeName : undefined,
    grace: (old.terminationGracePeriodSeconds ?? 0) < 0 ? undefined : terminationGracePeriodSeconds,
    containers: spec.containers.map((container) => ({ ...container, image: '' })),
    initContainers: spec.initContainers?.map((container) => ({ ...container, image: '' })),
  };
}
