import { matchesLabels } from '../selector.ts';
import type { LabelSelector, PodSpec, PodTemplateSpec } from '../types.ts';
import { forbiddenField, invalidValue, oneOf, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateAnnotations, validateLabels, validateLabelSelector } from './metadata-validation.ts';
import { defaultPodSpec } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

/** What Deployments and ReplicaSets have in common: a selector and the template of the pods it must select. */
interface TemplateOwnerSpec {
  selector?: LabelSelector;
  template?: PodTemplateSpec;
}

/** Fills in the template, and creates it when it is missing, so that validation can name what it lacks. */
export function defaultTemplate(spec: TemplateOwnerSpec): void {
  const template = (spec.template ??= {});
  template.metadata ??= {};
  defaultPodSpec((template.spec ??= {} as PodSpec));
}

/** Checks selector and template of an owner; the messages know a ReplicaSet and a Deployment as one or the other. */
export function validateTemplateOwner(
  spec: TemplateOwnerSpec,
  owner: 'Deployment' | 'DaemonSet' | 'StatefulSet',
): FieldError[] {
  const { selector, template = {} } = spec;
  const errors: FieldError[] = [];
  const isEmpty = !selector?.matchExpressions?.length && Object.keys(selector?.matchLabels ?? {}).length === 0;
  const isReadable = (selector?.matchExpressions ?? []).every(({ operator, values = [] }) =>
    operator?.endsWith('In') ? values.length > 0 : operator?.endsWith('Exist') || operator === 'Exists',
  );
  if (!selector) errors.push(requiredValue('spec.selector'));
  else {
    errors.push(...validateLabelSelector('spec.selector', selector));
    if (isEmpty)
      errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${owner.toLowerCase()}`));
  }
  if (!isReadable && owner !== 'Deployment') return errors;
  if (!isReadable) return [...errors, invalidValue('spec.selector', selector, 'invalid label selector')];
  if (!matchesLabels(selector, template.metadata?.labels)) {
    errors.push(
      invalidValue(
        'spec.template.metadata.labels',
        template.metadata?.labels,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return [...errors, ...validateTemplate(template, owner === 'Deployment' ? 'ReplicaSet' : owner)];
}

/** Checks a template whose pods run for as long as their owner wants them; `kind` is as the messages write it. */
export function validateTemplate(template: PodTemplateSpec, kind: string): FieldError[] {
  const at = 'spec.template';
  const podSpec = template.spec ?? { containers: [] };
  const errors = [
    ...validateLabels(`${at}.labels`, template.metadata?.labels),
    ...validateAnnotations(`${at}.annotations`, template.metadata?.annotations),
  ];
  errors.push(...validatePodSpec(`${at}.spec`, podSpec));
  if (podSpec.restartPolicy) {
    errors.push(...oneOf(`${at}.spec.restartPolicy`, podSpec.restartPolicy, ['Always']));
  }
  if (podSpec.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbiddenField(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`),
    );
  }
  return errors;
}
