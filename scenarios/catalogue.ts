import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { z } from 'zod';
import { faultSchema, type CheckSpec, type Fault, type Overlay } from './fault.ts';
import { readDocument } from './read-document.ts';
import { scenarioSchema, type Scenario } from './scenario.ts';

/** Everything that the lab can break, and the incidents composed of it. */
export interface Catalogue {
  faults: ReadonlyMap<string, Fault>;
  /** Of all there are, read or not. */
  faultIds: readonly string[];
  scenarios: ReadonlyMap<string, Scenario>;
}

/** What the grader is asked to judge, in a form that knows nothing of stories and hints. */
export interface GradingPlan {
  scenario: string;
  issues: {
    id: string;
    title: string;
    complaint: string;
    component: string;
    cause: string;
    points: number;
    checks: CheckSpec[];
    answer: { component: string; kind: string; synonyms: string[] };
  }[];
  criteria: { id: string; title: string; points: number; checks: CheckSpec[] }[];
  hintCost: number;
}

/**
 * Reads `faults/<id>/fault.yaml` and `<id>/scenario.yaml` below `dir`.
 * @param wanted the faults that are needed, for whoever does not want to wait for all; default: all
 * @throws Error naming the file, the place in it and what is wrong
 */
export async function loadCatalogue(
  dir: string,
  wanted?: (scenarios: Catalogue['scenarios']) => readonly string[],
): Promise<Catalogue> {
  const faultsDir = join(dir, 'faults');
  const [faultIds, entries] = await Promise.all([folders(faultsDir), folders(dir)]);
  const scenarioIds = entries.filter((name) => name !== 'faults' && name !== 'template');
  const scenarios = new Map(
    await Promise.all(
      scenarioIds.map(async (id): Promise<[string, Scenario]> => [id, await readScenario(dir, id, faultIds)]),
    ),
  );
  const ids = wanted ? faultIds.filter((id) => wanted(scenarios).includes(id)) : faultIds;
  const faults = await Promise.all(
    ids.map(async (id): Promise<[string, Fault]> => {
      const fault = await loadFault(join(faultsDir, id), id);
      const file = join(faultsDir, id, 'fault.yaml');
      for (const field of ['maskedBy', 'conflicts'] as const) requireKnown(faultIds, fault[field], file, field);
      return [id, fault];
    }),
  );
  return { faults: new Map(faults), faultIds, scenarios };
}

async function readScenario(dir: string, id: string, faultIds: readonly string[]): Promise<Scenario> {
  const file = join(dir, id, 'scenario.yaml');
  const scenario = await readNamed(file, id, scenarioSchema);
  requireKnown(faultIds, scenario.faults, file, 'faults');
  return scenario;
}

/** The scenario's faults, in its order. */
export function faultsOf(catalogue: Catalogue, scenario: Scenario): Fault[] {
  return scenario.faults.map((id) => {
    const fault = catalogue.faults.get(id);
    if (!fault) throw new Error(`${scenario.id}: unknown fault "${id}"`);
    return fault;
  });
}

/** What to judge in this scenario. */
export function gradingPlan(catalogue: Catalogue, scenario: Scenario): GradingPlan {
  return {
    scenario: scenario.id,
    issues: faultsOf(catalogue, scenario).map((fault) => {
      const { id, title, complaint, component, kind, synonyms, rootCause: cause, points, checks } = fault;
      return { id, title, complaint, component, cause, points, checks, answer: { component, kind, synonyms } };
    }),
    criteria: scenario.criteria,
    hintCost: scenario.hintCost,
  };
}

async function folders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** One fault's folder, read as the catalogue reads it. */
export async function loadFault(folder: string, id: string): Promise<Fault> {
  const [fault, overlays] = await Promise.all([
    readNamed(join(folder, 'fault.yaml'), id, faultSchema),
    findOverlays(join(folder, 'source')),
  ]);
  return { ...fault, overlays };
}

async function findOverlays(sourceDir: string): Promise<Overlay[]> {
  try {
    const entries = await readdir(sourceDir, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.toSorted().map((from) => ({ path: relative(sourceDir, from).split(sep).join('/'), from }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readNamed<T extends { id: string }>(file: string, id: string, schema: z.ZodType<T>): Promise<T> {
  const { value } = await readDocument(file, schema);
  if (value.id !== id) throw new Error(`${file}: id is "${value.id}" but the folder is named "${id}"`);
  return value;
}

function requireKnown(known: readonly string[], ids: readonly string[], file: string, field: string): void {
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`${file}: ${field} names unknown faults: ${unknown.join(', ')}`);
}
