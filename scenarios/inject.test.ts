import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../lib/kube/apply.ts';
import { faultsOf, loadCatalogue } from './catalogue.ts';
import { addedObjects, breakManifests } from './inject.ts';

const healthyDir = join(import.meta.dirname, '../k8s');

async function healthyManifests(): Promise<Manifest[]> {
  const files = (await readdir(healthyDir)).filter((name) => name.endsWith('.yaml')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(healthyDir, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

interface Container {
  name: string;
  image: string;
  env: { name: string; value: string }[];
  livenessProbe: { httpGet: { path: string; port: number }; periodSeconds: number };
  resources: { limits: { cpu: string; memory: string } };
}

const healthy = await healthyManifests();
const catalogue = await loadCatalogue(import.meta.dirname);
const faults = faultsOf(catalogue, catalogue.scenarios.get('friday-afternoon')!);
const broken = breakManifests(healthy, faults);

function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  return manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)!;
}

function containerOf(manifests: readonly Manifest[], name: string): Container {
  const { spec } = find(manifests, 'Deployment', name) as unknown as {
    spec: { template: { spec: { containers: [Container] } } };
  };
  return spec.template.spec.containers[0];
}

function envOf(manifests: readonly Manifest[], name: string): Record<string, string> {
  return Object.fromEntries(containerOf(manifests, name).env.map((entry) => [entry.name, entry.value]));
}

describe('the broken manifests of Friday afternoon', () => {
  it('lack the name of the database, and have every second request fail', () => {
    expect(envOf(healthy, 'database-service')).toMatchObject({ DB_NAME: 'cloudmart-db' });
    expect(envOf(broken, 'database-service')).not.toHaveProperty('DB_NAME');
    expect(envOf(broken, 'database-service')).toMatchObject({
      CHAOS_FAILURE_RATE: '0.5',
      DATA_DIR: '/var/lib/cloudmart',
    });
  });

  it('name an image that was never built', () => {
    expect(containerOf(broken, 'notification-service').image).toBe('notification-service:v2.0');
  });

  it('send order-service to a host that does not exist', () => {
    expect(envOf(broken, 'order-service')['DATABASE_URL']).toBe('http://database:8080');
  });

  it('probe api-service on the wrong port, and leave the rest of the probe as it was', () => {
    const { httpGet, ...rest } = containerOf(broken, 'api-service').livenessProbe;
    expect(httpGet).toEqual({ path: '/healthz', port: 8080 });
    expect(rest).toMatchObject({ periodSeconds: 10 });
  });

  it('select pods that nobody has', () => {
    expect(find(broken, 'Service', 'gateway')['spec']).toMatchObject({ selector: { app: 'nginx-gateway' } });
  });

  it('give auth-service too little memory and as much CPU as before', () => {
    expect(containerOf(broken, 'auth-service').resources.limits).toEqual({ cpu: '500m', memory: '64Mi' });
    expect(containerOf(healthy, 'auth-service').resources.limits.memory).toBe('128Mi');
  });

  it('leave what no fault touches as it is', () => {
    const touched = new Set(faults.flatMap(({ inject }) => inject.patches.map(({ kind, name }) => `${kind} ${name}`)));
    const untouched = (manifests: readonly Manifest[]): Manifest[] =>
      manifests.filter(({ kind, metadata }) => !touched.has(`${kind} ${metadata.name}`));
    expect(untouched(broken)).toEqual(untouched(healthy));
    expect(touched.size).toBe(6);
  });

  it('are a copy: the healthy ones stay healthy', async () => {
    expect(healthy).toEqual(await healthyManifests());
  });

  it('say so when a fault changes what is not there', () => {
    expect(() => breakManifests([], faults)).toThrow('fault env-missing changes Deployment "database-service"');
    const [fault] = faults;
    const renewing = { ...fault!, inject: { ...fault!.inject, renewed: [{ kind: 'Service', name: 'nobody' }] } };
    expect(() => breakManifests(healthy, [renewing])).toThrow('Service "nobody", which no manifest has');
  });
});

describe('the retry storm', () => {
  it('replaces the file that holds the retry, with the same export', async () => {
    const [overlay] = catalogue.faults.get('retry-storm')!.overlays;
    expect(overlay?.path).toBe('order-service/retry.ts');
    const [bad, good] = await Promise.all([
      readFile(overlay!.from, 'utf8'),
      readFile(join(import.meta.dirname, '../services', overlay!.path), 'utf8'),
    ]);
    const exported = (text: string): string[] =>
      [...text.matchAll(/^export (?:async )?(.*?)\(/gm)].map((match) => match[1]!);
    expect(exported(bad)).toEqual(exported(good));
  });
});

describe('edits of files in fixes, right and wrong', () => {
  const edits = [...catalogue.faults.values()].flatMap((fault) => {
    const { id, overlays, solutions, wrongFixes } = fault;
    return [...solutions, ...wrongFixes].flatMap(({ title, steps }) =>
      steps.flatMap((step) => ('replace' in step ? [{ id, title, fault, overlays, ...step }] : [])),
    );
  });

  it.each(edits)('$id, "$title": finds what it replaces', async ({ file, replace, fault, overlays }) => {
    const overlay = overlays.find(({ path }) => file === `services/${path}`);
    const source = overlay?.from ?? (file.startsWith('services/') ? join(healthyDir, '..', file) : undefined);
    // As the workspace writes them.
    const manifests = [...breakManifests(healthy, [fault]), ...addedObjects([fault], 'production')];
    const written = manifests.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
    const text = source ? await readFile(source, 'utf8') : written;
    for (const { from } of replace) expect(text).toContain(from);
  });
});
