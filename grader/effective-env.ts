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
    const value = await valueOf(entry, read);
    if (value !== undefined) env.set(entry.name, value);
  }
  return env;
}

async function valueOf({ value, valueFrom }: EnvVar, read: Read): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (configMapKeyRef) return (await read('ConfigMap', configMapKeyRef.name))[configMapKeyRef.key];
  if (secretKeyRef) return (await read('Secret', secretKeyRef.name))[secretKeyRef.key];
  return valueFrom ? undefined : (value ?? '');
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
