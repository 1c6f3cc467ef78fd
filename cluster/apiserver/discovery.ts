import { createHash } from 'node:crypto';
import type { AnyKind, Verb } from '../objects/kinds/kind.ts';
import { kinds } from '../objects/kinds/index.ts';
import { subresourcesOf } from './subresources/index.ts';
import type { VirtualResource } from './virtual-resources.ts';

const allVerbs: Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The media type of the aggregated form, which answers all groups at once. */
export const aggregatedMediaType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export function wantsAggregated(accept: string | undefined): boolean {
  return /g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/.test(accept ?? '');
}

interface GroupVersion {
  group: string;
  version: string;
  kinds: AnyKind[];
}

/** All that a server knows, stored or made up. */
export function servedKinds(virtualResources: readonly VirtualResource[]): readonly AnyKind[] {
  return [...kinds, ...virtualResources.map(({ kind }) => kind)];
}

/** Groups in the order in which their first kind is registered, which decides what `kubectl get NAME` means. */
function groupVersions(served: readonly AnyKind[]): GroupVersion[] {
  const found: GroupVersion[] = [];
  for (const kind of served) {
    const known = found.find(({ group, version }) => group === kind.group && version === kind.version);
    if (known) known.kinds.push(kind);
    else found.push({ group: kind.group, version: kind.version, kinds: [kind] });
  }
  for (const entry of found) entry.kinds.sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return found;
}

/** `/api` (`core`) or `/apis` in the aggregated form. */
export function aggregatedDiscovery(served: readonly AnyKind[], part: 'core' | 'groups'): object {
  const members = groupVersions(served).filter(({ group }) => (group === '') === (part === 'core'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groupNames(members).map((name) => ({
      metadata: name ? { name } : {},
      versions: members
        .filter(({ group }) => group === name)
        .map(({ version, kinds: ofVersion }) => ({
          version,
          resources: ofVersion.map(aggregatedResource),
          freshness: 'Current',
        })),
    })),
  };
}

/** A group may have several versions; the one registered first is preferred. */
function groupNames(members: readonly GroupVersion[]): string[] {
  return [...new Set(members.map(({ group }) => group))];
}

function aggregatedResource(kind: AnyKind): object {
  const subresources = Object.entries(subresourcesOf(kind)).map(([subresource, { kind: response, verbs }]) => ({
    subresource,
    responseKind: { group: '', version: '', ...response },
    verbs: Object.keys(verbs).toSorted(),
  }));
  return {
    resource: kind.resource,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs ?? allVerbs,
    ...(kind.shortNames?.length ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories?.length ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 && !isVirtual(kind) ? { subresources } : {}),
  };
}

/** Those that are made up have no subresources, even where they are named as stored ones are. */
function isVirtual(kind: AnyKind): boolean {
  return !kinds.includes(kind);
}

/** `/api`, as older clients read it. */
export function coreVersions(serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`, as older clients read it. */
export function groupList(served: readonly AnyKind[]): object {
  const groups = groupVersions(served).filter(({ group }) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groupNames(groups).map((name) => groupEntry(groups, name)),
  };
}

/** `/apis/GROUP`; undefined for a group that is not served. */
export function groupDocument(served: readonly AnyKind[], name: string): object | undefined {
  const groups = groupVersions(served).filter(({ group }) => group === name);
  return groups.length > 0 ? { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(groups, name) } : undefined;
}

function groupEntry(groups: readonly GroupVersion[], name: string): object {
  const versions = groups
    .filter(({ group }) => group === name)
    .map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** `/api/v1` or `/apis/GROUP/VERSION`; undefined for one that is not served. */
export function resourceList(served: readonly AnyKind[], group: string, version: string): object | undefined {
  const member = groupVersions(served).find((other) => other.group === group && other.version === version);
  if (!member) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group ? { apiVersion: 'v1' } : {}),
    groupVersion: group ? `${group}/${version}` : version,
    resources: member.kinds.flatMap(resourceEntries),
  };
}

function resourceEntries(kind: AnyKind): object[] {
  const subresources = isVirtual(kind) ? {} : subresourcesOf(kind);
  return [
    {
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs ?? allVerbs,
      ...(kind.shortNames?.length ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories?.length ? { categories: kind.categories } : {}),
      ...(kind.verbs?.includes('list') === false ? {} : { storageVersionHash: storageVersionHash(kind) }),
    },
    ...Object.entries(subresources).map(([name, { kind: response, verbs }]) => ({
      name: `${kind.resource}/${name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...response,
      verbs: Object.keys(verbs).toSorted(),
    })),
  ];
}

function storageVersionHash({ group, version, kind }: AnyKind): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}
