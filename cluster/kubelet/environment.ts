import type { ConfigMap, Container, Pod, Secret, Service } from '../objects/types.ts';
import { expand } from './expand.ts';
import { fieldValue, type PodAddresses, resourceValue } from './field-ref.ts';
import { serviceEnvironment } from './service-environment.ts';

/** Where values come from that a pod only refers to. */
export interface Sources {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
  services(): readonly Service[];
  /** What the node can give: stands in for limits that are not set. */
  allocatable: Readonly<Record<string, string>>;
}

/** The container's configuration refers to something that is not there: CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type EnvVar = NonNullable<Container['env']>[number];
type EnvFrom = NonNullable<Container['envFrom']>[number];

/**
 * The environment of a container: the image's, the Services', `envFrom`, then `env` in order.
 * @throws ConfigError with the kubelet's words
 */
export function containerEnvironment(
  pod: Pod,
  container: Container,
  given: { imageEnv: Readonly<Record<string, string>>; addresses: PodAddresses; sources: Sources },
): Record<string, string> {
  const { imageEnv, addresses, sources } = given;
  const namespace = pod.metadata.namespace ?? '';
  const links = serviceEnvironment(sources.services(), namespace, pod.spec?.enableServiceLinks ?? true);
  const own: Record<string, string> = {};
  for (const from of container.envFrom ?? []) Object.assign(own, envFrom(from, sources));
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, { pod, container, addresses, sources, expandWith: { ...links, ...own } });
    if (value !== undefined) own[variable.name] = value;
  }
  return { ...imageEnv, ...links, ...own };
}

function envFrom(from: EnvFrom, sources: Sources): Record<string, string> {
  const data = from.configMapRef
    ? configMapData(from.configMapRef, sources)
    : secretData(from.secretRef ?? {}, sources);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [`${from.prefix ?? ''}${key}`, value]));
}

function configMapData(ref: { name?: string; optional?: boolean }, sources: Sources): Record<string, string> {
  const found = sources.configMap(ref.name ?? '');
  if (!found && !ref.optional) throw new ConfigError(`configmap "${ref.name}" not found`);
  return found?.data ?? {};
}

function secretData(ref: { name?: string; optional?: boolean }, sources: Sources): Record<string, string> {
  const found = sources.secret(ref.name ?? '');
  if (!found && !ref.optional) throw new ConfigError(`secret "${ref.name}" not found`);
  return Object.fromEntries(Object.entries(found?.data ?? {}).map(([key, value]) => [key, decode(value)]));
}

interface Context {
  pod: Pod;
  container: Container;
  addresses: PodAddresses;
  sources: Sources;
  expandWith: Readonly<Record<string, string>>;
}

/** Undefined when an optional reference leads nowhere. */
function valueOf(variable: EnvVar, context: Context): string | undefined {
  const { pod, container, addresses, sources, expandWith } = context;
  const from = variable.valueFrom;
  if (!from) return expand(variable.value ?? '', expandWith);
  const namespace = pod.metadata.namespace ?? '';
  if (from.fieldRef) return fieldValue(pod, from.fieldRef.fieldPath, addresses);
  if (from.resourceFieldRef) return resourceValue(container, from.resourceFieldRef, sources.allocatable);
  if (from.configMapKeyRef) {
    const { name, key, optional } = from.configMapKeyRef;
    const value = configMapData({ name, optional }, sources)[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return value;
  }
  if (from.secretKeyRef) {
    const { name, key, optional } = from.secretKeyRef;
    const value = secretData({ name, optional }, sources)[key];
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return value;
  }
  return undefined;
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
