import type { Catalogue } from '../../scenarios/catalogue.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { LabError } from '../errors.ts';
import { nearest } from '../../lib/nearest.ts';

/** @throws LabError UNKNOWN_SCENARIO with the nearest one */
export function requireScenario(catalogue: Catalogue, id: string): Scenario {
  const scenario = catalogue.scenarios.get(id);
  if (scenario) return scenario;
  const known = [...catalogue.scenarios.keys()];
  throw new LabError('UNKNOWN_SCENARIO', { id, known, nearest: nearest(id, known) });
}
