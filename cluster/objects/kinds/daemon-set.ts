import { canonicalJson } from '../hash.ts';
import { labelsText } from '../selector.ts';
import type { DaemonSet } from '../types.ts';
import { ageColumn, nameColumn, workloadColumns } from './columns.ts';
import { invalidValue, nonNegative, requiredValue, unsupportedValue } from './field-error.ts';
import { atMostAll, isSome, validateIntOrPercent } from './int-or-percent-validation.ts';
import type { Column, FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { defaultTemplate, validateTemplateOwner } from './pod-template.ts';

type Spec = NonNullable<DaemonSet['spec']>;

const STRATEGIES = ['RollingUpdate', 'OnDelete'];

/** Says which template a DaemonSet had before ControllerRevisions existed; the server still writes it. */
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

function count(
  name: string,
  cell: (status: NonNullable<DaemonSet['status']>) => number | undefined,
): Column<DaemonSet> {
  return { name, type: 'integer', cell: ({ status }) => (status && cell(status)) ?? 0 };
}

export const daemonSet: KindDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  defaults: defaultDaemonSet,
  validate: validateDaemonSet,
  columns: [
    nameColumn,
    count('Desired', (status) => status.desiredNumberScheduled),
    count('Current', (status) => status.currentNumberScheduled),
    count('Ready', (status) => status.numberReady),
    count('Up-to-date', (status) => status.updatedNumberScheduled),
    count('Available', (status) => status.numberAvailable),
    { name: 'Node Selector', cell: ({ spec }) => labelsText(spec?.template.spec?.nodeSelector) },
    ageColumn,
    ...workloadColumns,
  ],
};

function defaultDaemonSet(object: DaemonSet): void {
  const spec = (object.spec ??= {} as Spec);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxSurge ??= 0;
    rollingUpdate.maxUnavailable ??= 1;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec);
  object.metadata.annotations ??= {};
  object.metadata.annotations[GENERATION_ANNOTATION] ??= '1';
  object.status ??= {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  };
}

function validateDaemonSet(object: DaemonSet, old?: DaemonSet): FieldError[] {
  const spec = object.spec as Spec;
  const errors = [...validateMetadata(object), ...validateTemplateOwner(spec, 'DaemonSet')];
  errors.push(...nonNegative('spec.minReadySeconds', spec.minReadySeconds));
  const type = spec.updateStrategy?.type ?? '';
  if (!STRATEGIES.includes(type)) {
    const { rollingUpdate } = spec.updateStrategy ?? {};
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const shown = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    errors.push(unsupportedValue('spec.updateStrategy', { Type: type, RollingUpdate: shown }, STRATEGIES));
  }
  errors.push(...validateRollingUpdate(spec));
  errors.push(...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit));
  if (old?.spec && canonicalJson(old.spec.selector) !== canonicalJson(spec.selector)) {
    errors.push(invalidValue('spec.selector', spec.selector, 'field is immutable'));
  }
  return errors;
}

/** Either pods may be missing or there may be more than one: exactly one of the two. */
function validateRollingUpdate({ updateStrategy }: Spec): FieldError[] {
  const { maxSurge = 0, maxUnavailable = 0 } = updateStrategy?.rollingUpdate ?? {};
  const at = 'spec.updateStrategy.rollingUpdate';
  if (updateStrategy?.type !== 'RollingUpdate') return [];
  const errors = [
    ...validateIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${at}.maxSurge`, maxSurge),
    ...atMostAll(`${at}.maxUnavailable`, maxUnavailable),
    ...atMostAll(`${at}.maxSurge`, maxSurge),
  ];
  if (isSome(maxSurge) !== isSome(maxUnavailable)) return errors;
  return isSome(maxSurge)
    ? [...errors, invalidValue(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')]
    : [...errors, requiredValue(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')];
}
