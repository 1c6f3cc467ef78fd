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

/** Checks selector and template; `kind` is as the messages write it, `deployment`. */
export function validateTemplateOwner(spec: TemplateOwnerSpec, kind: string): FieldError[] {
  const { selector, template = {} } = spec;
  const errors: FieldError[] = [];
  const isEmpty = !selector?.matchExpressions?.length && Object.keys(selector?.matchLabels ?? {}).length === 0;
  if (!selector) errors.push(requiredValue('spec.selector'));
  else {
    errors.push(...validateLabelSelector('spec.selector', selector));
    if (isEmpty) errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`));
  }
  if (!matchesLabels(selector, template.metadata?.labels)) {
    errors.push(
      invalidValue(
        'spec.template.metadata.labels',
        template.metadata?.labels,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return [...errors, ...validateTemplate(template, 'ReplicaSet')];
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
  if (podSpec.restartPolicy && ['OnFailure', 'Never'].includes(podSpec.restartPolicy)) {
    errors.push(...oneOf(`${at}.spec.restartPolicy`, podSpec.restartPolicy, ['Always']));
  }
  if (podSpec.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbiddenField(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`),
    );
  }
  return errors;
}
