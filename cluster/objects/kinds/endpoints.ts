import type { Endpoints } from '../types.ts';
import { ageColumn, firstThree, nameColumn } from './columns.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const endpoints: KindDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults({ subsets }) {
    for (const port of (subsets ?? []).flatMap((subset) => subset.ports ?? [])) port.protocol ??= 'TCP';
  },
  validate: (object) => validateMetadata(object),
  columns: [nameColumn, { name: 'Endpoints', cell: readyAddresses }, ageColumn],
};

/** Blank, not `<none>`, when there are pods but none is ready. */
function readyAddresses({ subsets }: Endpoints): string {
  if (!subsets?.length) return '<none>';
  const addresses = subsets.flatMap(({ addresses: ready = [], ports = [] }) =>
    ports.length === 0
      ? ready.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => ready.map(({ ip }) => `${ip}:${port}`)),
  );
  return firstThree(addresses);
}
