import { describe, expect, it } from 'vitest';
import type { Container, Pod, Service } from '../objects/types.ts';
import { containerEnvironment, type Sources } from './environment.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'production', uid: 'u', labels: { app: 'web' } },
  spec: { containers: [], nodeName: 'node-1' },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'auth-service', namespace: 'production' },
  spec: { clusterIP: '10.43.0.7', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] },
} satisfies Service;

const sources: Sources = {
  configMap: (name) =>
    name === 'app' ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { MODE: 'live' } } : undefined,
  secret: (name) =>
    name === 'db' ? { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { user: 'cm9vdA==' } } : undefined,
  services: () => [service],
  allocatable: { cpu: '2', memory: '8Gi' },
};

function environment(container: Partial<Container>): Record<string, string> {
  return containerEnvironment(
    pod,
    { name: 'app', ...container },
    { imageEnv: { FROM_IMAGE: 'yes' }, addresses: { podIP: '10.42.0.9', hostIP: '172.20.0.10' }, sources },
  );
}

describe('containerEnvironment', () => {
  it('names the Services of the namespace', () => {
    expect(environment({})).toMatchObject({
      FROM_IMAGE: 'yes',
      AUTH_SERVICE_SERVICE_HOST: '10.43.0.7',
      AUTH_SERVICE_SERVICE_PORT: '8080',
      AUTH_SERVICE_SERVICE_PORT_HTTP: '8080',
      AUTH_SERVICE_PORT: 'tcp://10.43.0.7:8080',
      AUTH_SERVICE_PORT_8080_TCP_ADDR: '10.43.0.7',
    });
  });

  it('takes values from all kinds of references, later ones over earlier', () => {
    const env = environment({
      envFrom: [{ prefix: 'APP_', configMapRef: { name: 'app' } }],
      env: [
        { name: 'APP_MODE', value: 'test' },
        { name: 'USER', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'URL', value: 'http://$(AUTH_SERVICE_SERVICE_HOST)/$(USER)/$$(USER)/$(NOBODY)' },
      ],
    });
    expect(env).toMatchObject({ APP_MODE: 'test', USER: 'root', IP: '10.42.0.9', APP: 'web', MEMORY: '8192' });
    expect(env['URL']).toBe('http://10.43.0.7/root/$(USER)/$(NOBODY)');
  });

  it('says what is missing in the words of the kubelet', () => {
    expect(() => environment({ envFrom: [{ configMapRef: { name: 'app-config' } }] })).toThrow(
      'configmap "app-config" not found',
    );
    const key = { name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } };
    expect(() => environment({ env: [key] })).toThrow("couldn't find key password in Secret production/db");
    const none = { name: 'P', valueFrom: { configMapKeyRef: { name: 'nope', key: 'x', optional: true } } };
    expect(environment({ env: [none] })).not.toHaveProperty('P');
  });
});
