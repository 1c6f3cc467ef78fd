import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../types.ts';
import type { AnyKind } from '../kinds/kind.ts';
import { words } from './enums.ts';
import { fieldProblems, openApiDocument, openApiIndex } from './index.ts';
import { findModel } from './models.ts';

const kind = (group: string, name: string, resource: string): AnyKind => ({
  group,
  version: 'v1',
  kind: name,
  resource,
  singular: name.toLowerCase(),
  namespaced: true,
  columns: [],
});
const kinds = [kind('', 'Pod', 'pods'), kind('apps', 'Deployment', 'deployments')];
const deployment = (container: object, spec: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { ...spec, template: { spec: { containers: [container] } } },
});

describe('field problems', () => {
  it('names an unknown field with its index', () => {
    const container = { name: 'a', imagee: 'x' };
    const place = ['spec', 'template', 'spec', 'containers', 0, 'imagee'];
    expect(fieldProblems(deployment(container)).unknown).toEqual([
      { path: 'spec.template.spec.containers[0].imagee', place, owner: container, key: 'imagee' },
    ]);
  });

  it("words a wrong type as the real server's decoder does", () => {
    expect(fieldProblems(deployment({ name: 'a' }, { replicas: '2' })).misfits).toMatchObject([
      { decoding: 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' },
    ]);
  });

  it('refuses a number as the value of an environment variable, the classic of unquoted YAML', () => {
    expect(fieldProblems(deployment({ name: 'a', env: [{ name: 'PORT', value: 8080 }] })).misfits).toHaveLength(1);
  });

  it('reads an item of null as the zero value of its type', () => {
    const container = { name: 'a', command: ['sh', null], env: [null] };
    expect(fieldProblems(deployment(container))).toEqual({ unknown: [], misfits: [] });
    expect(container).toEqual({ name: 'a', command: ['sh', ''], env: [{}] });
  });

  it('reads times, of leases to the microsecond', () => {
    const lease = (renewTime: string) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'a', creationTimestamp: '2026-11-21T19:00:00Z' },
      spec: { renewTime },
    });
    expect(fieldProblems(lease('2026-11-21T19:00:00.000000Z')).misfits).toEqual([]);
    expect(fieldProblems(lease('yesterday')).misfits).toMatchObject([
      {
        decoding: 'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
      },
    ]);
  });

  it('takes numbers for quantities, of a limit range too, and nothing else for a text', () => {
    const range = (item: object) => ({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'a' },
      spec: { limits: [{ type: 'Container', ...item }] },
    });
    expect(fieldProblems(range({ default: { cpu: 1 }, max: { memory: '1Gi' } }))).toEqual({ unknown: [], misfits: [] });
    expect(fieldProblems(range({ default: { cpu: 'one' } })).misfits).toHaveLength(1);
    const header = { name: 'X-Try', value: 1 };
    expect(fieldProblems(deployment({ livenessProbe: { httpGet: { httpHeaders: [header] } } })).misfits).toHaveLength(
      1,
    );
  });

  it('takes numbers for the quantities of a container, and either form of a port', () => {
    const container = {
      name: 'a',
      resources: { limits: { cpu: 1, memory: '64Mi' } },
      livenessProbe: { httpGet: { port: 'http' } },
      readinessProbe: { httpGet: { port: 8080 } },
    };
    expect(fieldProblems(deployment(container))).toEqual({ unknown: [], misfits: [] });
  });
});

describe('the OpenAPI document', () => {
  it('offers field validation on patch, without which kubectl refuses to apply', () => {
    const document = openApiDocument(kinds, 'apis/apps/v1') as {
      paths: Record<string, { patch: { parameters: unknown[] } }>;
    };
    const item = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(item?.patch.parameters).toContainEqual({ name: 'fieldValidation', in: 'query' });
  });

  it('names the type of what is a number or a text, as kubectl explains it', () => {
    const document = openApiDocument(kinds, 'apis/apps/v1') as {
      components: { schemas: Record<string, { properties: Record<string, object> }> };
    };
    const { properties } = document.components.schemas['io.k8s.api.v1.RollingUpdateDeployment'] ?? { properties: {} };
    const reference = '#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString';
    expect(properties['maxSurge']).toMatchObject({ allOf: [{ $ref: reference }] });
  });

  it('lists the words of an enumeration, of a list for its items', () => {
    const document = openApiDocument(kinds, 'apis/apps/v1') as {
      components: { schemas: Record<string, { properties: Record<string, { description: string }> }> };
    };
    const { schemas } = document.components;
    const restartPolicy = schemas['io.k8s.api.v1.PodSpec']?.properties['restartPolicy'];
    expect(restartPolicy).toMatchObject({ type: 'string', enum: ['Always', 'Never', 'OnFailure'] });
    expect(restartPolicy?.description).toMatch(
      /\n\nPossible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`$/,
    );
    const claim = schemas['io.k8s.api.v1.PersistentVolumeClaimSpec']?.properties['accessModes'];
    expect(claim).toMatchObject({
      type: 'array',
      items: { type: 'string', enum: expect.arrayContaining(['ReadWriteOnce']) },
    });
    expect(schemas['io.k8s.api.v1.PodSpec']?.properties['nodeName']).not.toHaveProperty('enum');
  });

  it('names no model and no field that there is not', () => {
    const unknown = Object.entries(words).flatMap(([name, fields]) =>
      Object.keys(fields)
        .filter((field) => !findModel(name)?.fields.has(field))
        .map((field) => `${name}.${field}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has an entry for each group version and none for others', () => {
    expect(Object.keys((openApiIndex(kinds) as { paths: object }).paths)).toEqual(['api/v1', 'apis/apps/v1']);
    expect(openApiDocument(kinds, 'apis/nothing/v1')).toBeUndefined();
  });
});
