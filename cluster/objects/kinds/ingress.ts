import type { Ingress } from '../types.ts';
import { ageColumn, firstThree, nameColumn, orNone } from './columns.ts';
import { validateIngress } from './ingress-validation.ts';
import type { KindDefinition } from './kind.ts';

type Rule = NonNullable<NonNullable<Ingress['spec']>['rules']>[number];

const widestAddress = 16;

/** Differs: nothing routes to it; the address stays empty, as on a cluster without an ingress controller. */
export const ingress: KindDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  defaults(object) {
    object.spec ??= {};
    object.status ??= {};
    object.status.loadBalancer ??= {};
  },
  validate: validateIngress,
  columns: [
    nameColumn,
    { name: 'Class', cell: ({ spec }) => orNone(spec?.ingressClassName) },
    { name: 'Hosts', cell: ({ spec }) => hostsText(spec?.rules) },
    { name: 'Address', cell: addressText },
    { name: 'Ports', cell: ({ spec }) => (spec?.tls?.length ? '80, 443' : '80') },
    ageColumn,
  ],
};

function hostsText(rules: readonly Rule[] = []): string {
  return firstThree(rules.flatMap(({ host }) => host || [])) || '*';
}

function addressText({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  const text = [...new Set(addresses)].toSorted().join(',');
  return text.length > widestAddress ? `${text.slice(0, widestAddress - 3)}...` : text;
}
