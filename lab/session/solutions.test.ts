import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../scenarios/catalogue.ts';
import { scenarioAround } from '../../scenarios/drill.ts';
import type { Fault, Step } from '../../scenarios/fault.ts';
import { applyVariant } from '../../scenarios/variants.ts';
import { project } from '../project.ts';
import { ownCluster } from '../seat.ts';
import { breakShop } from './break-shop.ts';
import { manifestText } from './manifests.ts';
import { readHealthyManifests } from './shop.ts';

const catalogue = await loadCatalogue(project.scenarios);
const { shop } = await readHealthyManifests();
const forms = [...catalogue.faults.values()].flatMap((fault) => [
  { name: fault.id, fault },
  ...fault.variants.map((variant) => ({ name: `${fault.id}, ${variant.name}`, fault: applyVariant(fault, variant) })),
]);

/** A file of the workspace as the fault leaves it. */
async function textOf(path: string, fault: Fault): Promise<string> {
  if (path.startsWith('services/')) {
    const overlay = fault.overlays.find((one) => `services/${one.path}` === path);
    return readFile(overlay?.from ?? join(project.root, path), 'utf8');
  }
  const { broken } = breakShop(scenarioAround('drill', [fault]), [fault], shop, ownCluster);
  const file = broken.find(({ name }) => `k8s/${name}` === path);
  return file ? manifestText(file) : '';
}

/** What a person who edits files as the steps say would look for and not find. */
async function missing(steps: readonly Step[], fault: Fault): Promise<string[]> {
  const texts = new Map<string, string>();
  const lost: string[] = [];
  for (const step of steps) {
    if (!('replace' in step)) continue;
    let text = texts.get(step.file) ?? (await textOf(step.file, fault));
    for (const { from, to } of step.replace) {
      if (!text.includes(from)) lost.push(`${step.file}: ${from}`);
      text = text.replace(from, () => to);
    }
    texts.set(step.file, text);
  }
  return lost;
}

describe('what is to be edited', () => {
  it.each(forms)('$name: stands in the files that the fault leaves', async ({ fault }) => {
    for (const { steps } of [...fault.solutions, ...fault.wrongFixes]) expect(await missing(steps, fault)).toEqual([]);
  });
});
