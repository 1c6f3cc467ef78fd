import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import type { Fault, Step } from '../../scenarios/fault.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Puts back whatever the fault changed, as it is in the healthy shop; knows nothing of right repairs. */
export async function healthySteps(fault: Fault): Promise<Step[]> {
  const objects = await healthyObjects();
  const patched = new Set(fault.inject.patches.map(({ kind, name }) => `${kind} ${name}`));
  const content = objects
    .filter(({ kind, metadata }) => patched.has(`${kind} ${metadata.name}`))
    .map((object) => stringify(object))
    .join('---\n');
  // A release is left by naming the image of before; no older tag was changed.
  const rebuilt = fault.inject.images.filter(({ release }) => !release);
  const files = await Promise.all(
    (rebuilt.length > 0 ? fault.overlays : []).map(async ({ path }) => ({
      file: `services/${path}`,
      content: await readFile(`${root}/services/${path}`, 'utf8'),
    })),
  );
  const images = rebuilt.flatMap((image): Step[] => [
    { image },
    { kubectl: ['rollout', 'restart', `deployment/${image.service}`, '-n', 'production'] },
  ]);
  const deployments = [
    ...fault.inject.patches.filter(({ kind }) => kind === 'Deployment').map(({ name }) => name),
    ...rebuilt.map(({ service }) => service),
  ];
  const added = fault.inject.objects.map(({ kind, metadata: { name } }): Step => ({
    kubectl: ['delete', kind.toLowerCase(), name, '-n', 'production', '--ignore-not-found'],
  }));
  return [
    ...added,
    ...files,
    ...(content ? [{ file: 'healthy.yaml', content }, { kubectl: ['apply', '-f', 'healthy.yaml'] }] : []),
    ...images,
    ...[...new Set(deployments)].map((name) => ({
      kubectl: ['rollout', 'status', `deployment/${name}`, '-n', 'production', '--timeout=60s'],
    })),
  ];
}

async function healthyObjects(): Promise<{ kind: string; metadata: { name: string } }[]> {
  const names = (await readdir(`${root}/k8s`)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(names.map((name) => readFile(`${root}/k8s/${name}`, 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as never));
}
