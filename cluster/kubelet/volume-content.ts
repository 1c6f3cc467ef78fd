import type { Container, Pod } from '../objects/types.ts';
import type { Sources } from './environment.ts';
import { fieldValue, type PodAddresses, resourceValue } from './field-ref.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];
type KeyToPath = { key: string; path: string };
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

/** Something that a volume refers to is not there; it is tried again until it is. */
export class MountError extends Error {
  override readonly name = 'MountError';
}

export type TokenSource = NonNullable<Projection['serviceAccountToken']>;

export interface ContentContext {
  pod: Pod;
  sources: Sources;
  addresses: PodAddresses;
  /** The token that was fetched for a volume; undefined when there is none. */
  token(source: TokenSource): string | undefined;
}

/** Files by their path inside the volume. */
export type VolumeFiles = Map<string, Buffer>;

/** Whether the volume's files are made of objects of the API, and are the pod's own otherwise. Pure. */
export function showsObjects({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return (configMap ?? secret ?? downwardAPI ?? projected) !== undefined;
}

/**
 * The files of a volume that shows objects of the API. Pure.
 * @returns undefined for volumes that hold the pod's own data
 * @throws MountError with the kubelet's words when an object or a key is missing
 */
export function volumeContent(volume: Volume, context: ContentContext): VolumeFiles | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return configMapFiles(configMap, context);
  if (secret) return secretFiles({ ...secret, name: secret.secretName }, context);
  if (downwardAPI) return downwardFiles(downwardAPI.items ?? [], context);
  if (!projected) return undefined;
  const files: VolumeFiles = new Map();
  for (const source of projected.sources ?? []) {
    for (const [path, content] of projectedFiles(source, context)) files.set(path, content);
  }
  return files;
}

function projectedFiles(source: Projection, context: ContentContext): VolumeFiles {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap)
    return configMapFiles({ ...configMap, optional: configMap.optional ?? isClusterCa(configMap.name) }, context);
  if (secret) return secretFiles(secret, context);
  if (downwardAPI) return downwardFiles(downwardAPI.items ?? [], context);
  if (serviceAccountToken) {
    return new Map([[serviceAccountToken.path, Buffer.from(context.token(serviceAccountToken) ?? '')]]);
  }
  return new Map();
}

/** Put into each namespace by a controller that may come later than the first pod, and not needed to run. */
function isClusterCa(name: string | undefined): boolean {
  return name === 'kube-root-ca.crt' || name === 'openshift-service-ca.crt';
}

function configMapFiles(
  ref: { name?: string; optional?: boolean; items?: KeyToPath[] },
  { sources }: ContentContext,
): VolumeFiles {
  const found = sources.configMap(ref.name ?? '');
  if (!found && !ref.optional) throw new MountError(`configmap "${ref.name}" not found`);
  const text = Object.entries(found?.data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const);
  const binary = Object.entries(found?.binaryData ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64')] as const,
  );
  return pick(new Map([...text, ...binary]), ref, 'config');
}

function secretFiles(
  ref: { name?: string; optional?: boolean; items?: KeyToPath[] },
  { sources }: ContentContext,
): VolumeFiles {
  const found = sources.secret(ref.name ?? '');
  if (!found && !ref.optional) throw new MountError(`secret "${ref.name}" not found`);
  return pick(
    new Map(Object.entries(found?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    ref,
    'secret',
  );
}

function pick(
  files: VolumeFiles,
  ref: { optional?: boolean; items?: KeyToPath[] },
  what: 'config' | 'secret',
): VolumeFiles {
  if (!ref.items?.length) return files;
  const picked: VolumeFiles = new Map();
  for (const { key, path } of ref.items) {
    const content = files.get(key);
    if (content) picked.set(path, content);
    else if (!ref.optional) throw new MountError(`references non-existent ${what} key: ${key}`);
  }
  return picked;
}

function downwardFiles(items: readonly DownwardItem[], context: ContentContext): VolumeFiles {
  const { pod, addresses, sources } = context;
  return new Map(
    items.map((item) => {
      if (item.fieldRef) return [item.path, Buffer.from(fieldValue(pod, item.fieldRef.fieldPath, addresses))];
      const ref = item.resourceFieldRef;
      const container = pod.spec?.containers.find(({ name }) => name === ref?.containerName) as Container;
      return [item.path, Buffer.from(ref ? resourceValue(container, ref, sources.allocatable) : '')];
    }),
  );
}
