import { access, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { prepareCheck } from '../../grader/checks/index.ts';
import { nearest } from '../../lib/nearest.ts';
import { loadCatalogue, loadFault, type Catalogue } from '../../scenarios/catalogue.ts';
import { faultSchema, type CheckSpec, type Fault } from '../../scenarios/fault.ts';
import { breakManifests } from '../../scenarios/inject.ts';
import { DocumentError, fieldName, readDocument, type Problem } from '../../scenarios/read-document.ts';
import { scenarioSchema, type Scenario } from '../../scenarios/scenario.ts';
import { applyVariant } from '../../scenarios/variants.ts';
import { LabError } from '../errors.ts';
import { project } from '../project.ts';
import { objectsOf } from './break-shop.ts';
import { readHealthyManifests } from './shop.ts';

export interface Validated {
  file: string;
  kind: 'fault' | 'scenario';
  problems: readonly Problem[];
}

/** Something to be said about a field, before its line is known. */
interface Remark {
  path: readonly PropertyKey[];
  message: string;
}

/**
 * Looks whether a fault or scenario can be used: its form, the checks it asks for, what it changes and refers to.
 * @param path its folder, or the file in it
 * @throws LabError NOTHING_TO_VALIDATE
 */
export async function validate(path: string): Promise<Validated> {
  const { file, kind } = await findDocument(resolve(path));
  try {
    const catalogue = await loadCatalogue(project.scenarios);
    const judge = kind === 'fault' ? validateFault : validateScenario;
    return { file, kind, problems: await judge(file, catalogue) };
  } catch (error) {
    if (error instanceof DocumentError) return { file, kind, problems: error.problems };
    throw error;
  }
}

async function findDocument(path: string): Promise<{ file: string; kind: Validated['kind'] }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const names = ['fault.yaml', 'scenario.yaml'] as const;
  for (const name of names) {
    const file = isFolder ? join(path, name) : path;
    const isThere =
      basename(file) === name &&
      (await access(file).then(
        () => true,
        () => false,
      ));
    if (isThere) return { file, kind: name === 'fault.yaml' ? 'fault' : 'scenario' };
  }
  throw new LabError('NOTHING_TO_VALIDATE', { path });
}

async function validateFault(file: string, catalogue: Catalogue): Promise<Problem[]> {
  const { value, lineOf } = await readDocument(file, faultSchema);
  const folder = dirname(file);
  const fault = value.id === basename(folder) ? await loadFault(folder, value.id) : { ...value, overlays: [] };
  const remarks = [
    ...remarksOnId(value.id, folder),
    ...value.checks.flatMap((check, index) => remarkOnCheck(check, ['checks', index])),
    ...(['maskedBy', 'conflicts'] as const).flatMap((field) => remarksOnFaults(value[field], field, catalogue)),
    ...remarksOnVariants(fault),
    ...(await remarksOnInjection(fault)),
  ];
  return remarks.map(({ path, message }) => ({ line: lineOf(path), field: fieldName(path), message }));
}

async function validateScenario(file: string, catalogue: Catalogue): Promise<Problem[]> {
  const { value, lineOf } = await readDocument<Scenario>(file, scenarioSchema);
  const remarks = [
    ...remarksOnId(value.id, dirname(file)),
    ...remarksOnFaults(value.faults, 'faults', catalogue),
    ...value.criteria.flatMap(({ checks }, index) =>
      checks.flatMap((check, at) => remarkOnCheck(check, ['criteria', index, 'checks', at])),
    ),
  ];
  return remarks.map(({ path, message }) => ({ line: lineOf(path), field: fieldName(path), message }));
}

function remarksOnId(id: string, folder: string): Remark[] {
  const name = basename(folder);
  return id === name ? [] : [{ path: ['id'], message: `the folder is named "${name}": write id: ${name}` }];
}

function remarkOnCheck(check: CheckSpec, path: readonly PropertyKey[]): Remark[] {
  try {
    prepareCheck(check);
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message }];
  }
}

function remarksOnFaults(ids: readonly string[], field: string, { faults }: Catalogue): Remark[] {
  return ids.flatMap((id, index) => {
    if (faults.has(id)) return [];
    const meant = nearest(id, [...faults.keys()]);
    return [{ path: [field, index], message: `there is no fault "${id}"${meant ? `; did you mean "${meant}"?` : ''}` }];
  });
}

/** A word that the fault does not have leaves the variant the same as the fault. */
function remarksOnVariants(fault: Fault): Remark[] {
  const written = JSON.stringify(applyVariant(fault, { name: '', replace: [] }));
  return fault.variants.flatMap((variant, index) =>
    variant.replace.flatMap((one, at) => {
      const isFound = JSON.stringify(applyVariant(fault, { ...variant, replace: [one] })) !== written;
      const path = ['variants', index, 'replace', at];
      return isFound ? [] : [{ path, message: `"${one.from}" is nowhere in the fault, so nothing is replaced` }];
    }),
  );
}

async function remarksOnInjection(fault: Fault): Promise<Remark[]> {
  const { shop } = await readHealthyManifests();
  const healthy = objectsOf(shop);
  const patches = fault.inject.patches.flatMap((patch, index) => {
    try {
      const broken = breakManifests(healthy, [{ ...fault, inject: { ...fault.inject, patches: [patch] } }]);
      if (JSON.stringify(broken) !== JSON.stringify(healthy)) return [];
      return [{ path: ['inject', 'patches', index], message: 'the healthy shop is the same already: nothing changes' }];
    } catch (error) {
      return [{ path: ['inject', 'patches', index], message: (error as Error).message }];
    }
  });
  const objects = fault.inject.objects.flatMap(({ kind, metadata: { name } }, index) => {
    const isThere = healthy.some((one) => one.kind === kind && one.metadata.name === name);
    const message = `the healthy shop has ${kind} "${name}": change it with a patch`;
    return isThere ? [{ path: ['inject', 'objects', index], message }] : [];
  });
  const images = fault.inject.images.flatMap(({ service, release }, index) => {
    const isReplaced = fault.overlays.some(({ path }) => path.startsWith(`${service}/`) || path.startsWith('shared/'));
    const message = `source/${service}/ holds no file to replace, so the image would be the healthy one`;
    return isReplaced || release ? [] : [{ path: ['inject', 'images', index], message }];
  });
  return [...patches, ...objects, ...images];
}
