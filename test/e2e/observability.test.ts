/** The optional stack: what can be known of its manifests without pulling its images. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startTestCluster, type TestCluster } from '../helpers/cluster.ts';
import { kubectlFor, kubectlPath, type Kubectl } from '../helpers/kubectl.ts';
import { run } from '../helpers/run.ts';
import { createStandIns } from '../helpers/stand-ins.ts';

const dir = fileURLToPath(new URL('../../k8s/observability', import.meta.url));
const script = fileURLToPath(new URL('../../scripts/observability.ts', import.meta.url));

interface Container {
  image: string;
  resources: { limits?: { memory?: string; cpu?: string } };
}
interface Manifest {
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  data?: Record<string, string>;
  spec?: { template?: { spec: { containers: Container[] } } };
}

async function manifests(): Promise<Manifest[]> {
  const texts = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

describe('the observability stack', () => {
  let test: TestCluster;
  let kubectl: Kubectl;

  beforeAll(async () => {
    test = await startTestCluster();
    kubectl = kubectlFor(test.cluster.kubeconfigPath);
    for (const namespace of ['production', 'lab-system', 'seat-1', 'seat-1-lab']) {
      await kubectl(['create', 'namespace', namespace]);
    }
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('is taken by the server, every object of it', async () => {
    const result = await kubectl(['apply', '--dry-run=server', '-f', dir]);
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout.trim().split('\n')).toHaveLength((await manifests()).length);
  });

  it('pins each image and limits each container', async () => {
    const containers = (await manifests()).flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
    expect(containers).toHaveLength(5);
    for (const { image, resources } of containers) {
      expect(image).toMatch(/^docker\.io\/[\w/-]+:v?\d+\.\d+\.\d+$/);
      expect(resources.limits).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
    }
  });

  it('stays in the two namespaces and can be told from the rest', async () => {
    for (const { metadata, kind } of await manifests()) {
      expect(kind).not.toMatch(/^Cluster|^Namespace$/);
      expect(['production', 'lab-system']).toContain(metadata.namespace);
      expect(metadata.labels['app.kubernetes.io/part-of']).toBe('brokenprod-observability');
    }
  });

  it('brings configuration that can be parsed, with an alert for each of the story', async () => {
    const data = Object.assign({}, ...(await manifests()).map((manifest) => manifest.data ?? {})) as Record<
      string,
      string
    >;
    for (const [name, text] of Object.entries(data)) expect(parse(text), name).toBeTypeOf('object');
    const { groups } = parse(data['rules.yml'] ?? '') as { groups: { rules: { alert: string }[] }[] };
    expect(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))).toEqual(
      expect.arrayContaining(['HighErrorRateOnOrders', 'OrdersTakeTooLong', 'ServiceRestarts']),
    );
    const { panels } = JSON.parse(data['cloudmart.json'] ?? '') as { panels: { datasource: { uid: string } }[] };
    const sources = parse(data['datasources.yaml'] ?? '') as { datasources: { uid: string }[] };
    const known = sources.datasources.map(({ uid }) => uid);
    expect(panels.filter(({ datasource }) => !known.includes(datasource.uid))).toEqual([]);
  });

  it('goes into a seat and out of it again by one command', async () => {
    await using tools = await createStandIns({ STAND_IN_KUBECTL: kubectlPath() });
    const args = [
      '--kubeconfig',
      test.cluster.kubeconfigPath,
      '--namespace',
      'seat-1',
      '--lab-namespace',
      'seat-1-lab',
    ];
    const objects = async () =>
      (
        await kubectl([
          'get',
          'deploy,ds,svc,cm,sa,role,rolebinding',
          '-A',
          '-o',
          'name',
          '-l',
          'app.kubernetes.io/part-of=brokenprod-observability',
        ])
      ).stdout;
    // Without a telemetry to pass traces on there is no lab, and the script says so.
    const up = await run(process.execPath, [script, 'up', ...args], { env: tools.env });
    expect(up.stderr).toContain('✗ The traces could not be passed on');
    expect((await objects()).trim().split('\n')).toHaveLength((await manifests()).length);
    expect((await kubectl(['get', 'role', '-n', 'seat-1', '-o', 'name'])).stdout).toContain('prometheus');
    const down = await run(process.execPath, [script, 'down', ...args], { env: tools.env });
    expect(down.code, down.stderr).toBe(0);
    expect(await objects()).toBe('');
  });
});
