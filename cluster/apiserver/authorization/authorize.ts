import { StatusError, forbidden } from '../../objects/status-error.ts';
import type { PolicyRule } from '../../objects/types.ts';
import type { Store } from '../../store/store.ts';
import { mastersGroup, type User } from '../authentication/user.ts';
import type { Attributes, PathAttributes, ResourceAttributes } from './attributes.ts';
import { grantsFor } from './rules.ts';

export interface Decision {
  allowed: boolean;
  /** By which binding it is allowed, or what went wrong on the way; may be empty. */
  reason: string;
}

/** Whether role bindings allow what is asked for. Pure, given the store's content. */
export function decide(user: User, attributes: Attributes, store: Store): Decision {
  if (user.groups.includes(mastersGroup)) return { allowed: true, reason: '' };
  const namespace = 'path' in attributes ? undefined : attributes.namespace;
  const { grants, problems } = grantsFor(user, namespace, store);
  const grant = grants.find(({ rules }) => rules.some((rule) => allows(rule, attributes)));
  if (grant) return { allowed: true, reason: `RBAC: allowed by ${grant.reason}` };
  const listed = problems.length > 1 ? `[${problems.join(', ')}]` : (problems[0] ?? '');
  return { allowed: false, reason: listed && `RBAC: ${listed}` };
}

/** @throws StatusError Forbidden, with the server's sentence, for what is not allowed */
export function authorize(user: User, attributes: Attributes, store: Store): void {
  const { allowed, reason } = decide(user, attributes, store);
  if (allowed) return;
  const why = `User ${JSON.stringify(user.name)} cannot ${whatOf(attributes)}${reason && `: ${reason}`}`;
  if ('path' in attributes) throw new StatusError(403, 'Forbidden', `forbidden: ${why}`, {});
  throw forbidden(attributes, attributes.name ?? '', why);
}

function whatOf(attributes: Attributes): string {
  if ('path' in attributes) return `${attributes.verb} path ${JSON.stringify(attributes.path)}`;
  const { verb, group, resource, subresource, namespace } = attributes;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return `${verb} resource "${full}" in API group "${group}" ${where}`;
}

function allows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!isIn(rule.verbs, attributes.verb)) return false;
  return 'path' in attributes ? allowsPath(rule, attributes) : allowsResource(rule, attributes);
}

function allowsPath({ nonResourceURLs = [] }: PolicyRule, { path }: PathAttributes): boolean {
  return nonResourceURLs.some((url) => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url));
}

function allowsResource(rule: PolicyRule, { group, resource, subresource, name }: ResourceAttributes): boolean {
  const { apiGroups, resources = [], resourceNames = [] } = rule;
  if (!isIn(apiGroups, group)) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(name ?? '')) return false;
  if (!subresource) return isIn(resources, resource);
  return isIn(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function isIn(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((item) => item === '*' || item === value) ?? false;
}
