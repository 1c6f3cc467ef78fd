import { randomBytes } from 'node:crypto';
import { loadCatalogue, type Catalogue } from '../../scenarios/catalogue.ts';
import { canStandTogether, drawFaults, scenarioAround } from '../../scenarios/drill.ts';
import type { Fault } from '../../scenarios/fault.ts';
import type { Level } from '../../scenarios/levels.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { variantOf } from '../../scenarios/variants.ts';
import { LabError } from '../errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { project } from '../project.ts';
import { requireScenario } from './scenario.ts';

/** What a person asks for at the start. */
export type Wish =
  | { scenario: string; seed?: string | undefined }
  | { faults: readonly string[]; seed?: string | undefined }
  | { random: number; level: Level; seed?: string | undefined };

/** What was broken, in a form that can be written down and read again. */
export interface IncidentRecord {
  scenario: string;
  seed: string | null;
  /** The faults of a scenario that was made around them; empty for one that is written. */
  faults: readonly string[];
}

export interface Incident {
  /** With each fault as the seed has it. */
  catalogue: Catalogue;
  scenario: Scenario;
}

/**
 * Decides what to break.
 * @throws LabError UNKNOWN_SCENARIO, NO_SUCH_FAULT, FAULTS_APART, TOO_FEW_FAULTS
 */
export async function chooseIncident(wish: Wish): Promise<IncidentRecord> {
  const seed = wish.seed ?? null;
  if ('random' in wish) return drawIncident(wish);
  const ids = 'faults' in wish ? [...new Set(wish.faults)] : [];
  const catalogue = await loadCatalogue(project.scenarios, () => ids);
  if ('scenario' in wish) return { scenario: requireScenario(catalogue, wish.scenario).id, seed, faults: [] };
  requireTogether(ids.map((id) => requireFault(catalogue, id)));
  return { scenario: 'drill', seed, faults: ids };
}

/** @throws LabError FAULTS_APART naming the first two that cannot be judged side by side */
function requireTogether(faults: readonly Fault[]): void {
  for (const [index, one] of faults.entries()) {
    const other = faults.slice(0, index).find((earlier) => !canStandTogether(earlier, one));
    if (other) throw new LabError('FAULTS_APART', { one: other.id, other: one.id });
  }
}

async function drawIncident({ random, level, seed }: Extract<Wish, { random: number }>): Promise<IncidentRecord> {
  const catalogue = await loadCatalogue(project.scenarios);
  const drawnBy = seed ?? randomBytes(4).toString('hex');
  const faults = drawFaults([...catalogue.faults.values()], { count: random, seed: drawnBy, level });
  if (faults.length < random) {
    throw new LabError('TOO_FEW_FAULTS', { asked: random, possible: faults.length, level });
  }
  return { scenario: 'random', seed: drawnBy, faults: faults.map(({ id }) => id) };
}

/** @throws LabError UNKNOWN_SCENARIO, NO_SUCH_FAULT when the catalogue no longer has what was broken */
export async function loadIncident(record: IncidentRecord): Promise<Incident> {
  const { scenario, faults } = record;
  // The others are not asked for, and reading all of them takes half a second.
  const ownFaults = (scenarios: Catalogue['scenarios']): readonly string[] =>
    faults.length > 0 ? faults : (scenarios.get(scenario)?.faults ?? []);
  return incidentOf(record, await loadCatalogue(project.scenarios, ownFaults));
}

/**
 * As `loadIncident`, for many: the catalogue as it is written is read once.
 * @throws LabError UNKNOWN_SCENARIO, NO_SUCH_FAULT
 */
export function incidentOf({ scenario, seed, faults }: IncidentRecord, written: Catalogue): Incident {
  const varied = [...written.faults].map(([id, fault]) => [id, variantOf(fault, seed)] as const);
  const catalogue = { ...written, faults: new Map(varied) };
  if (faults.length === 0) return { catalogue, scenario: requireScenario(catalogue, scenario) };
  const around = faults.map((id) => requireFault(catalogue, id));
  return { catalogue, scenario: scenarioAround(scenario, around) };
}

function requireFault(catalogue: Catalogue, id: string): Fault {
  const fault = catalogue.faults.get(id);
  if (fault) return fault;
  const known = catalogue.faultIds;
  throw new LabError('NO_SUCH_FAULT', { id, known, nearest: nearest(id, known) });
}
