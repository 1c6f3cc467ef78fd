import { parseQuantity } from '../objects/quantity.ts';
import type { Container, Pod } from '../objects/types.ts';

/** What of a pod a downward-API field may ask for and is known only while it runs. */
export interface PodAddresses {
  podIP: string;
  hostIP: string;
}

/** The value of a `fieldRef`. @throws Error when the path is not supported */
export function fieldValue(pod: Pod, fieldPath: string, addresses: PodAddresses): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (keyed) return (keyed[1] === 'labels' ? metadata.labels : metadata.annotations)?.[keyed[2] ?? ''] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return addresses.podIP;
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/**
 * The value of a `resourceFieldRef`; a limit that is not set is what the node can give.
 * @throws Error when the resource is not supported
 */
export function resourceValue(
  container: Container,
  ref: { resource: string; divisor?: string },
  allocatable: Readonly<Record<string, string>>,
): string {
  const [group, resource = ''] = ref.resource.split('.');
  if (!['limits', 'requests'].includes(group ?? '')) throw new Error(`unsupported container resource: ${ref.resource}`);
  const { limits, requests } = container.resources ?? {};
  const given = group === 'limits' ? (limits?.[resource] ?? allocatable[resource]) : requests?.[resource];
  const divisor = ref.divisor && ref.divisor !== '0' ? parseQuantity(ref.divisor) : 1;
  return String(Math.ceil(parseQuantity(given ?? '0') / divisor));
}

function formatMap(map: Record<string, string> | undefined): string {
  return Object.keys(map ?? {})
    .toSorted((a, b) => a.localeCompare(b))
    .map((key) => `${key}=${JSON.stringify(map?.[key])}`)
    .join('\n');
}
