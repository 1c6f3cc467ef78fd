import { dnsLabelProblems, portNumberProblems } from '../names.ts';
import type { Endpoints } from '../types.ts';
import { ageColumn, firstThree, nameColumn } from './columns.ts';
import { oneOf, problemsAt, requiredValue } from './field-error.ts';
import { validateReachableIp } from './ip-validation.ts';
import type { FieldError, KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

export const endpoints: KindDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  createsOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults({ subsets }) {
    for (const port of (subsets ?? []).flatMap((subset) => subset.ports ?? [])) port.protocol ??= 'TCP';
  },
  validate: (object) => [...validateMetadata(object), ...(object.subsets ?? []).flatMap(validateSubset)],
  columns: [nameColumn, { name: 'Endpoints', cell: readyAddresses }, ageColumn],
};

type Subset = NonNullable<Endpoints['subsets']>[number];

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, index: number): FieldError[] {
  const at = `subsets[${index}]`;
  const errors: FieldError[] = [];
  if (addresses.length + notReadyAddresses.length === 0)
    errors.push(requiredValue(at, 'must specify `addresses` or `notReadyAddresses`'));
  addresses.forEach(({ ip }, place) => errors.push(...validateReachableIp(`${at}.addresses[${place}].ip`, ip)));
  notReadyAddresses.forEach(({ ip }, place) =>
    errors.push(...validateReachableIp(`${at}.notReadyAddresses[${place}].ip`, ip)),
  );
  ports.forEach(({ name, port, protocol }, place) => {
    const field = `${at}.ports[${place}]`;
    if (name) errors.push(...problemsAt(`${field}.name`, name, dnsLabelProblems(name)));
    else if (ports.length > 1) errors.push(requiredValue(`${field}.name`));
    errors.push(...problemsAt(`${field}.port`, port, portNumberProblems(port)));
    errors.push(...oneOf(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
  });
  return errors;
}

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
