import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../objects/types.ts';
import { createStore, type Store } from '../../store/store.ts';
import { administrator, serviceAccountUser, userNamed } from '../authentication/user.ts';
import { authorize, decide } from './authorize.ts';
import type { ResourceAttributes } from './attributes.ts';

const group = 'rbac.authorization.k8s.io';
const alice = userNamed('alice', ['devs']);
let store: Store;

function put(kind: string, name: string, fields: object, namespace?: string, labels?: Record<string, string>): void {
  const metadata = { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) };
  const object = { apiVersion: `${group}/v1`, kind, metadata, ...fields } as KubeObject;
  store.put(`${kind.toLowerCase()}s.${group}`, object, undefined);
}

function bind(role: string, subject: object, namespace?: string): void {
  const roleRef = { apiGroup: group, kind: 'ClusterRole', name: role };
  put(
    namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    `${role}-${namespace}`,
    { roleRef, subjects: [subject] },
    namespace,
  );
}

function may(attributes: Partial<ResourceAttributes>, user = alice): boolean {
  return decide(user, { verb: 'get', group: '', resource: 'pods', namespace: 'shop', ...attributes }, store).allowed;
}

beforeEach(() => {
  store = createStore();
  put('ClusterRole', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }],
  });
});

describe('rights', () => {
  it('come from bindings: within one namespace or everywhere', () => {
    expect(may({})).toBe(false);
    bind('reader', { kind: 'User', name: 'alice' }, 'shop');
    expect(may({})).toBe(true);
    expect(may({ namespace: 'other' })).toBe(false);
    bind('reader', { kind: 'Group', name: 'devs' });
    expect(may({ namespace: 'other' })).toBe(true);
  });

  it('reach as far as verb, resource, subresource and group are named', () => {
    bind('reader', { kind: 'User', name: 'alice' }, 'shop');
    expect(may({ verb: 'delete' })).toBe(false);
    expect(may({ subresource: 'log' })).toBe(true);
    expect(may({ subresource: 'exec' })).toBe(false);
    expect(may({ group: 'metrics.k8s.io' })).toBe(false);
  });

  it('may be for single names, which a list of everything is not', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['*'], resourceNames: ['web'] }];
    put('ClusterRole', 'one', { rules });
    bind('one', { kind: 'User', name: 'alice' }, 'shop');
    expect(may({ name: 'web' })).toBe(true);
    expect(may({ name: 'other' })).toBe(false);
    expect(may({ verb: 'list' })).toBe(false);
  });

  it('of a service account are bound by its namespace and name', () => {
    bind('reader', { kind: 'ServiceAccount', name: 'bot', namespace: 'tools' }, 'shop');
    expect(may({}, serviceAccountUser('tools', 'bot'))).toBe(true);
    expect(may({}, serviceAccountUser('shop', 'bot'))).toBe(false);
  });

  it('of a service account without a namespace are those of the binding’s', () => {
    bind('reader', { kind: 'ServiceAccount', name: 'bot' }, 'shop');
    expect(may({}, serviceAccountUser('shop', 'bot'))).toBe(true);
    expect(may({}, serviceAccountUser('tools', 'bot'))).toBe(false);
  });

  it('of a role that gathers others include theirs', () => {
    const selector = { matchLabels: { 'aggregate-to': 'all' } };
    put('ClusterRole', 'all', { rules: [], aggregationRule: { clusterRoleSelectors: [selector] } });
    const rules = [{ apiGroups: ['shop.io'], resources: ['carts'], verbs: ['get'] }];
    put('ClusterRole', 'carts', { rules }, undefined, { 'aggregate-to': 'all' });
    bind('all', { kind: 'User', name: 'alice' }, 'shop');
    expect(may({ group: 'shop.io', resource: 'carts' })).toBe(true);
  });

  it('are all there for the administrator', () => {
    expect(may({ verb: 'delete', resource: 'nodes' }, administrator)).toBe(true);
  });

  it('are refused in the words of a real server', () => {
    const pods = { verb: 'list', group: '', resource: 'pods' };
    expect(() => authorize(alice, { ...pods, namespace: 'shop' }, store)).toThrow(
      'pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "shop"',
    );
    expect(() => authorize(alice, { ...pods, verb: 'get', subresource: 'log', name: 'web' }, store)).toThrow(
      'pods "web" is forbidden: User "alice" cannot get resource "pods/log" in API group "" at the cluster scope',
    );
    expect(() => authorize(alice, { verb: 'get', path: '/metrics' }, store)).toThrow(
      'forbidden: User "alice" cannot get path "/metrics"',
    );
  });

  it('that a missing role would give are missing, and the refusal says so', () => {
    bind('gone', { kind: 'User', name: 'alice' }, 'shop');
    expect(decide(alice, { verb: 'get', group: '', resource: 'pods', namespace: 'shop' }, store)).toEqual({
      allowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    });
  });
});
