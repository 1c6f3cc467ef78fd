import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { Submission } from '../../grader/class-table.ts';
import { scoreDiagnosis } from '../../grader/diagnosis.ts';
import type { Bundle } from '../../grader/bundle.ts';
import type { Diagnosis } from '../../grader/verdict.ts';
import { gradingPlan, loadCatalogue, type Catalogue, type GradingPlan } from '../../scenarios/catalogue.ts';
import { LabError } from '../errors.ts';
import { project } from '../project.ts';
import { readBundle } from './bundles.ts';
import { incidentOf } from './incident.ts';
import { judgeBundle } from './verify.ts';

const ending = /\.bundle\.json(\.gz)?$/;

/**
 * The newest bundle of each person, verified.
 * @param paths bundles, or folders of them; a person is named by the file, or by the first folder below
 * @param seeds the seed that each person was given
 * @throws LabError NO_BUNDLES
 */
export async function readClass(paths: readonly string[], seeds: ReadonlyMap<string, string>): Promise<Submission[]> {
  const files = (await Promise.all(paths.map(bundlesIn))).flat();
  if (files.length === 0) throw new LabError('NO_BUNDLES', { path: paths.join(', ') });
  const catalogue = await loadCatalogue(project.scenarios);
  const newest = new Map<string, Submission>();
  for (const { person, path } of files) {
    const submission = await readSubmission(person, path, catalogue, seeds.get(person));
    const held = newest.get(person)?.bundle;
    const isNewer = !held || (submission.bundle && submission.bundle.facts.gradedAt > held.facts.gradedAt);
    if (isNewer) newest.set(person, submission);
  }
  const missing = [...seeds.keys()].filter((person) => !newest.has(person));
  const absent = missing.map((person) => ({ person, bundle: null, problems: ['There is no bundle.'] }));
  return [...newest.values(), ...absent].toSorted((one, other) => one.person.localeCompare(other.person));
}

async function readSubmission(
  person: string,
  path: string,
  catalogue: Catalogue,
  seed: string | undefined,
): Promise<Submission> {
  const bundle = await readBundle(path);
  if ('problem' in bundle) return { person, bundle: null, problems: [bundle.problem] };
  const { problems } = await judgeBundle(bundle, catalogue, seed === undefined ? {} : { seed });
  const diagnosis = diagnosisOf(bundle, catalogue);
  return { person, bundle, problems, ...(diagnosis && { diagnosis }) };
}

/** The findings judged against the catalogue's answers, which a trainee's bundle does not hold. */
function diagnosisOf({ facts, findings }: Bundle, catalogue: Catalogue): Diagnosis | undefined {
  const issues = issuesOf(facts, catalogue);
  if (!issues) return undefined;
  const diagnosed = findings.map(({ component = '', kind = '', at = '' }) => ({
    component,
    kind,
    atMs: Date.parse(at),
  }));
  const shown = new Map(Object.entries(facts.shownAt ?? {}).map(([issue, at]) => [issue, Date.parse(at)]));
  return scoreDiagnosis(issues, diagnosed, shown);
}

/** Undefined for an incident that the catalogue no longer has, which the bundle's own problems tell. */
function issuesOf(facts: Bundle['facts'], written: Catalogue): GradingPlan['issues'] | undefined {
  try {
    const { catalogue, scenario } = incidentOf(facts, written);
    return gradingPlan(catalogue, scenario).issues;
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

async function bundlesIn(path: string): Promise<{ person: string; path: string }[]> {
  const found = await stat(path).catch(() => {
    throw new LabError('NO_BUNDLES', { path });
  });
  if (!found.isDirectory()) return [{ person: basename(path).replace(ending, ''), path }];
  const names = (await readdir(path, { recursive: true })).filter((name) => ending.test(name)).toSorted();
  return names.map((name) => {
    const [first = name] = relative('.', name).split(sep);
    return { person: first.replace(ending, ''), path: join(path, name) };
  });
}

/**
 * Lines of a person and a seed, with blanks or a comma between.
 * @throws LabError SEEDS_UNREADABLE
 */
export async function readSeeds(path: string): Promise<Map<string, string>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new LabError('SEEDS_UNREADABLE', { path, why: (error as Error).message }, { cause: error });
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const pairs = lines.flatMap((line): [string, string][] => {
    const [, person, seed] = /^(.+?)[\s,;]+(\S+)$/.exec(line) ?? [];
    return person && seed && !line.startsWith('#') ? [[person, seed]] : [];
  });
  return new Map(pairs);
}
