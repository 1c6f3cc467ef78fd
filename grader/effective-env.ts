import { isNotFound } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';
import { collectionPath } from '../lib/kube/paths.ts';
import type { Container, EnvVar } from './state.ts';

type Source = Record<string, string>;
type Read = (kind: 'ConfigMap' | 'Secret', name: string) => Promise<Source>;

/** The environment that a container gets, with references to ConfigMaps and Secrets followed. */
export async function effectiveEnv(kube: Kube, namespace: string, container: Container): Promise<Map<string, string>> {
  const read: Read = (kind, name) => readSource(kube, namespace, kind, name);
  const env = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const source = configMapRef
      ? await read('ConfigMap', configMapRef.name)
      : secretRef
        ? await read('Secret', secretRef.name)
        : {};
    for (const [key, value] of Object.entries(source)) env.set(prefix + key, value);
  }
  for (const entry of container.env ?? []) {
    const value = await valueOf(entry, read, env);
    if (value !== undefined) env.set(entry.name, value);
  }
  return env;
}

/** Whether everybody who may look at the manifests and ConfigMaps can read a variable that should stand in a Secret. */
export async function isInPlainSight(
  kube: Kube,
  namespace: string,
  container: Container,
  variable: string,
): Promise<boolean> {
  const envFrom = (container.envFrom ?? []).filter(({ secretRef }) => !secretRef);
  const env = (container.env ?? []).filter(({ name, valueFrom }) => name === variable && !valueFrom?.secretKeyRef);
  return Boolean((await effectiveEnv(kube, namespace, { ...container, envFrom, env })).get(variable));
}

async function valueOf(
  { value = '', valueFrom }: EnvVar,
  read: Read,
  before: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (configMapKeyRef) return (await read('ConfigMap', configMapKeyRef.name))[configMapKeyRef.key];
  if (secretKeyRef) return (await read('Secret', secretKeyRef.name))[secretKeyRef.key];
  return valueFrom ? undefined : expand(value, before);
}

/** `$(NAME)` stands for a variable that was named before, and `$$` for one dollar. */
function expand(text: string, before: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^()]+)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (before.get(name) ?? whole),
  );
}

async function readSource(kube: Kube, namespace: string, kind: 'ConfigMap' | 'Secret', name: string): Promise<Source> {
  try {
    const { data = {} } = await kube.get<{ data?: Source }>(`${collectionPath('v1', kind, namespace)}/${name}`);
    if (kind === 'ConfigMap') return data;
    const decode = (value: string): string => Buffer.from(value, 'base64').toString('utf8');
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]));
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}
