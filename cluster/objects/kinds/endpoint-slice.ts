import type { EndpointSlice } from '../types.ts';
import { ageColumn, firstThree, nameColumn } from './columns.ts';
import { invalidValue, oneOf } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const endpointSlice: KindDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  hasGeneration: true,
  defaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  validate(object, old) {
    const errors = validateMetadata(object);
    errors.push(...oneOf('addressType', object.addressType, ['FQDN', 'IPv4', 'IPv6']));
    if (old && old.addressType !== object.addressType) {
      errors.push(invalidValue('addressType', object.addressType, 'field is immutable'));
    }
    return errors;
  },
  columns: [
    nameColumn,
    { name: 'AddressType', cell: ({ addressType }) => addressType },
    { name: 'Ports', cell: ({ ports }) => orUnset((ports ?? []).map(({ port }) => String(port ?? '*'))) },
    { name: 'Endpoints', cell: ({ endpoints }) => orUnset((endpoints ?? []).flatMap(({ addresses }) => addresses)) },
    ageColumn,
  ],
};

function orUnset(items: string[]): string {
  return items.length === 0 ? '<unset>' : firstThree(items);
}
