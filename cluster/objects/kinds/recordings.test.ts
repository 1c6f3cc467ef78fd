/** What a real cluster printed, held against our columns: the cells must be the same. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Event, Pod } from '../types.ts';
import { findByKind } from './index.ts';
import type { AnyKind } from './kind.ts';

const RECORDINGS = new URL('../../../../shared/real-kubernetes/', import.meta.url);

function kindOf(group: string, name: string): AnyKind {
  const kind = findByKind(group, 'v1', name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

function recording(path: string): string {
  const file = new URL(path, RECORDINGS);
  if (!existsSync(file)) throw new Error(`The recordings of a real cluster are missing: ${file.pathname}`);
  return readFileSync(file, 'utf8');
}

/** Lines of a table, split where at least two blanks stand. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .slice(2)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/ {2,}/));
}

function podList(text: string): Pod[] {
  return (JSON.parse(text.slice(text.indexOf('{'))) as { items: Pod[] }).items;
}

/** In these the pod moved on between the table and the JSON, which were two commands. */
const CHANGED_BETWEEN = new Set([
  'recordings/e-oom/t010_get_pods',
  'recordings/k-liveness-aggressive/t180_get_pods',
  'recordings/n-bad-command/t180_get_pods',
]);

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

function ageMs(text: string): number {
  return [...text.matchAll(/(\d+)([smh])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0),
    0,
  );
}

const CASES = existsSync(RECORDINGS) ? readdirSync(new URL('recordings/', RECORDINGS)) : ['missing'];

describe('columns of pods', () => {
  const { columns } = kindOf('', 'Pod');
  const isPair = (path: string) =>
    ['json', 'wide'].every((form) => existsSync(new URL(`${path}_${form}.txt`, RECORDINGS)));
  const pairs = CASES.flatMap((name) =>
    ['t010', 't060', 't180', 't300'].map((at) => `recordings/${name}/${at}_get_pods`),
  )
    .filter(isPair)
    .filter((path) => !CHANGED_BETWEEN.has(path));

  it('has recordings to compare with', () => {
    expect(pairs.length).toBeGreaterThan(20);
  });

  it.each(pairs)('prints what the real cluster printed in %s', (path) => {
    const expected = tableRows(recording(`${path}_wide.txt`));
    const pods = new Map(podList(recording(`${path}_json.txt`)).map((pod) => [pod.metadata.name, pod]));
    expect(expected.length).toBeGreaterThan(0);
    for (const cells of expected) {
      const pod = pods.get(cells[0]) as Pod;
      // The age in the table tells when it was printed, to the second: the other age fits at its start or at its end.
      const printedMs = Date.parse(pod.metadata.creationTimestamp ?? '') + ageMs(cells[4] ?? '');
      const rows = [0, 999].map((ms) => columns.map((column) => String(column.cell(pod, printedMs + ms))));
      expect(rows).toContainEqual(cells);
    }
  });
});

interface Table {
  columnDefinitions: { name: string; type: string; format: string; priority: number }[];
}

describe('column definitions', () => {
  it.each([
    ['', 'Pod', 'table__api_v1_namespaces_default_pods.json'],
    ['', 'Node', 'table__api_v1_nodes.json'],
    ['', 'Event', 'table__api_v1_namespaces_productioa_events.json'],
    ['apps', 'Deployment', 'table__apis_apps_v1_namespaces_productioa_deployments.json'],
  ])('of %s %s are the real ones', (group, name, file) => {
    const { columnDefinitions } = JSON.parse(recording(`discovery/${file}`)) as Table;
    const ours = kindOf(group, name).columns.map((column) => ({
      name: column.name,
      type: column.type ?? 'string',
      format: column.format ?? '',
      priority: column.wide ? 1 : 0,
    }));
    expect(ours).toEqual(
      columnDefinitions.map(({ name: title, type, format, priority }) => ({ name: title, type, format, priority })),
    );
  });
});

interface Discovered {
  resource: string;
  singularResource: string;
  shortNames?: string[];
  categories?: string[];
  scope: string;
  verbs: string[];
}

describe('discovery', () => {
  const groups = ['api', 'apis'].flatMap((root) => {
    const document = JSON.parse(recording(`discovery/${root}_aggregated.json`)) as {
      items: { metadata: { name?: string }; versions: { version: string; resources: Discovered[] }[] }[];
    };
    return document.items;
  });

  const core = [
    'Pod',
    'Service',
    'Endpoints',
    'ConfigMap',
    'Secret',
    'Event',
    'Namespace',
    'Node',
    'ServiceAccount',
    'ReplicationController',
  ];

  it.each([
    ...core.map((name) => ['', name]),
    ['', 'PersistentVolumeClaim'],
    ['', 'PersistentVolume'],
    ['apps', 'Deployment'],
    ['apps', 'ReplicaSet'],
    ['discovery.k8s.io', 'EndpointSlice'],
    ['coordination.k8s.io', 'Lease'],
    ['storage.k8s.io', 'StorageClass'],
    ['scheduling.k8s.io', 'PriorityClass'],
    ['certificates.k8s.io', 'CertificateSigningRequest'],
    ['networking.k8s.io', 'Ingress'],
    ['networking.k8s.io', 'IngressClass'],
  ])('calls %s %s what a real server calls it', (group = '', name = '') => {
    const kind = kindOf(group, name);
    const versions = groups.find(({ metadata }) => (metadata.name ?? '') === group)?.versions ?? [];
    const real = versions[0]?.resources.find(({ resource }) => resource === kind.resource);
    expect({
      singularResource: kind.singular,
      shortNames: kind.shortNames,
      categories: kind.categories,
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      verbs: kind.verbs ? [...kind.verbs].sort() : 8,
    }).toEqual({
      singularResource: real?.singularResource,
      shortNames: real?.shortNames,
      categories: real?.categories,
      scope: real?.scope,
      verbs: kind.verbs ? [...(real?.verbs ?? [])].sort() : real?.verbs.length,
    });
  });
});

describe('columns of events', () => {
  it('count an event without a count as one and fall back to the first time', () => {
    const event = {
      involvedObject: { kind: 'Pod', name: 'web' },
      source: {},
      reportingComponent: 'kubelet',
      reportingInstance: 'node-1',
      eventTime: '2026-01-01T00:00:00.000000Z',
      message: ' text\n',
    } as unknown as Event;
    const nowMs = Date.parse('2026-01-01T00:01:30Z');
    const cells = Object.fromEntries(
      kindOf('', 'Event').columns.map((column) => [column.name, () => column.cell(event, nowMs)]),
    );
    expect([cells['Last Seen']?.(), cells.Object?.(), cells.Source?.(), cells.Count?.(), cells.Message?.()]).toEqual([
      '90s',
      'pod/web',
      'kubelet, node-1',
      1,
      'text',
    ]);
  });
});
