import { qosClass } from '../kinds/qos-class.ts';
import type { KubeObject, Pod, ResourceQuota } from '../types.ts';

type Requirement = NonNullable<
  NonNullable<NonNullable<ResourceQuota['spec']>['scopeSelector']>['matchExpressions']
>[number];

/** Whether a quota counts an object: one with scopes counts only the pods that are in all of them. */
export function isInScope({ spec }: ResourceQuota, resource: string, object: KubeObject): boolean {
  const requirements: Requirement[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  return resource === 'pods' && requirements.every((requirement) => meets(object as Pod, requirement));
}

function meets({ spec }: Pod, { scopeName, operator, values = [] }: Requirement): boolean {
  switch (scopeName) {
    case 'BestEffort':
      return spec !== undefined && qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return spec !== undefined && qosClass(spec) !== 'BestEffort';
    case 'Terminating':
      return spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec?.activeDeadlineSeconds === undefined;
    case 'PriorityClass':
      return hasValue(spec?.priorityClassName, operator, values);
    default:
      return false;
  }
}

function hasValue(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return Boolean(value);
    case 'DoesNotExist':
      return !value;
    case 'In':
      return value !== undefined && values.includes(value);
    default:
      return !values.includes(value ?? '');
  }
}
