import type { Service } from '../objects/types.ts';

/**
 * The variables that name the Services a pod could see when it started: `WEB_SERVICE_HOST`, `WEB_PORT_80_TCP` …
 * Pure. With `enableServiceLinks: false` only the API server's Service is named.
 */
export function serviceEnvironment(
  services: readonly Service[],
  namespace: string,
  enableServiceLinks: boolean,
): Record<string, string> {
  const env: Record<string, string> = {};
  const isApiServer = ({ metadata }: Service) => metadata.namespace === 'default' && metadata.name === 'kubernetes';
  const visible = services.filter(
    (service) => isApiServer(service) || (enableServiceLinks && service.metadata.namespace === namespace),
  );
  for (const service of visible) {
    const host = service.spec?.clusterIP;
    const ports = service.spec?.ports ?? [];
    const [first] = ports;
    if (!host || host === 'None' || !first) continue;
    const name = variable(service.metadata.name ?? '');
    env[`${name}_SERVICE_HOST`] = host;
    env[`${name}_SERVICE_PORT`] = String(first.port);
    for (const port of ports) if (port.name) env[`${name}_SERVICE_PORT_${variable(port.name)}`] = String(port.port);
    for (const port of ports) Object.assign(env, linkVariables(name, host, port.port, port.protocol ?? 'TCP'));
    env[`${name}_PORT`] = urlOf(host, first.port, first.protocol ?? 'TCP');
  }
  return env;
}

function linkVariables(name: string, host: string, port: number, protocol: string): Record<string, string> {
  const prefix = `${name}_PORT_${port}_${protocol}`;
  return {
    [prefix]: urlOf(host, port, protocol),
    [`${prefix}_PROTO`]: protocol.toLowerCase(),
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_ADDR`]: host,
  };
}

function urlOf(host: string, port: number, protocol: string): string {
  return `${protocol.toLowerCase()}://${host}:${port}`;
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll(/[-.]/g, '_');
}
