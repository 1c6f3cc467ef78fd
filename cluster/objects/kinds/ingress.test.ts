import { describe, expect, it } from 'vitest';
import { findByKind } from './index.ts';
import type { AnyKind } from './kind.ts';

const kindOf = (name: string): AnyKind => findByKind('networking.k8s.io', 'v1', name)!;

function problems(kind: string, spec: object, annotations = {}): string[] {
  const metadata = { name: 'shop', annotations };
  const object = { apiVersion: 'networking.k8s.io/v1', kind, metadata, spec: structuredClone(spec) };
  kindOf(kind).defaults?.(object);
  return (kindOf(kind).validate?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const service = { name: 'web', port: { number: 80 } };
const path = { path: '/', pathType: 'Prefix', backend: { service } };
const withPath = (changes: object) => ({ rules: [{ http: { paths: [{ ...path, ...changes }] } }] });
const at = 'spec.rules[0].http.paths[0]';

describe('an Ingress', () => {
  it('is fine with a backend for all or with rules', () => {
    expect(problems('Ingress', { defaultBackend: { service } })).toEqual([]);
    expect(problems('Ingress', { rules: [{ host: '*.shop.test', http: { paths: [path] } }] })).toEqual([]);
  });

  it.each<[object, string[]]>([
    [{}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [withPath({ pathType: undefined }), [`${at}.pathType: Required value: pathType must be specified`]],
    [
      withPath({ pathType: 'Regex' }),
      [`${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
    ],
    [withPath({ path: 'cart' }), [`${at}.path: Invalid value: "cart": must be an absolute path`]],
    [withPath({ path: '/a//b' }), [`${at}.path: Invalid value: "/a//b": must not contain '//'`]],
    [withPath({ backend: {} }), [`${at}.backend: Invalid value: "": resource or service backend is required`]],
    [
      withPath({ backend: { service: { name: 'web' } } }),
      [`${at}.backend: Required value: port name or number is required`],
    ],
  ])('of %j is refused', (spec, expected) => {
    expect(problems('Ingress', spec)).toEqual(expected);
  });

  it('has hosts that are names', () => {
    const [first = '', second = ''] = ['10.0.0.1', 'a.*.test'].map(
      (host) => problems('Ingress', { rules: [{ host }] })[0],
    );
    expect(first).toBe('spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address');
    expect(second).toContain("a wildcard DNS-1123 subdomain must start with '*.'");
  });

  it('names its class once', () => {
    const spec = { ingressClassName: 'nginx', defaultBackend: { service } };
    expect(problems('Ingress', spec, { 'kubernetes.io/ingress.class': 'nginx' })).toEqual([
      'annotations.kubernetes.io/ingress.class: Invalid value: "nginx": can not be set when the class field is also set',
    ]);
  });

  it('shows class, hosts, address and ports', () => {
    const cells = (spec: object, status: object = {}) => {
      const object = { metadata: { name: 'shop' }, spec, status };
      return kindOf('Ingress')
        .columns.slice(1, 5)
        .map((column) => column.cell(object as never, 0));
    };
    const rules = ['a', 'b', 'c', 'd'].map((name) => ({ host: `${name}.test` }));
    expect(cells({})).toEqual(['<none>', '*', '', '80']);
    expect(
      cells(
        { ingressClassName: 'nginx', rules, tls: [{}] },
        { loadBalancer: { ingress: [{ hostname: 'far-away.example.com' }] } },
      ),
    ).toEqual(['nginx', 'a.test,b.test,c.test + 1 more...', 'far-away.exam...', '80, 443']);
  });
});

describe('an IngressClass', () => {
  it.each<[object, string[]]>([
    [{ controller: 'example.com/ingress' }, []],
    [{}, ['spec.controller: Required value']],
    [
      { controller: 'nginx' },
      ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      { controller: 'example.com/ingress', parameters: { kind: 'ConfigMap', name: 'web', scope: 'Namespace' } },
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
  ])('of %j has these problems: %j', (spec, expected) => {
    expect(problems('IngressClass', spec)).toEqual(expected);
  });
});
