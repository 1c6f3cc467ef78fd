import type { ClusterRole, PolicyRule, Role } from '../types.ts';
import { createdAtColumn, nameColumn } from './columns.ts';
import { invalidValue, requiredValue } from './field-error.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';
import { pathSegmentProblems } from '../names.ts';

const group = 'rbac.authorization.k8s.io';

export const role: KindDefinition<Role> = {
  group,
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  singular: 'role',
  namespaced: true,
  createsOnUpdate: true,
  validate: (object) => [...validateMetadata(object, pathSegmentProblems), ...validateRules(object.rules ?? [], true)],
  columns: [nameColumn, createdAtColumn],
};

export const clusterRole: KindDefinition<ClusterRole> = {
  group,
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  createsOnUpdate: true,
  validate: (object) => [...validateMetadata(object, pathSegmentProblems), ...validateRules(object.rules ?? [], false)],
  columns: [nameColumn, createdAtColumn],
};

function validateRules(rules: readonly PolicyRule[], namespaced: boolean): FieldError[] {
  return rules.flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }, index) => {
    const at = `rules[${index}]`;
    const errors: FieldError[] = [];
    if (!verbs?.length) errors.push(requiredValue(`${at}.verbs`, 'verbs must contain at least one value'));
    if (nonResourceURLs?.length) {
      const urls = `${at}.nonResourceURLs`;
      if (namespaced) {
        errors.push(invalidValue(urls, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
      }
      if (apiGroups?.length || resources?.length || resourceNames?.length) {
        const rule = 'rules cannot apply to both regular resources and non-resource URLs';
        errors.push(invalidValue(urls, nonResourceURLs, rule));
      }
      return errors;
    }
    if (!apiGroups?.length) {
      errors.push(requiredValue(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (!resources?.length) {
      errors.push(requiredValue(`${at}.resources`, 'resource rules must supply at least one resource'));
    }
    return errors;
  });
}
