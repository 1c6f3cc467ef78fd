import { faultsOf } from '../../scenarios/catalogue.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { LabError } from '../errors.ts';
import { nearest } from '../../lib/nearest.ts';
import type { Lab } from './lab.ts';
import { runSteps, type StepDone } from './run-steps.ts';
import { loadIncident } from './incident.ts';
import { requireLab } from './session-record.ts';

export interface Solved {
  fault: string;
  title: string;
  steps: StepDone[];
}

/**
 * The instructor's way out: applies the first reference solution of each issue.
 * @param ids the issues; none: all of the scenario
 * @param tell called before an issue and after each of its steps
 * @throws LabError UNKNOWN_FAULT or SOLUTION_FAILED
 */
export async function solve(
  lab: Lab,
  ids: readonly string[],
  tell: { fault(fault: Fault): void; step(done: StepDone): void },
): Promise<Solved[]> {
  const { session, engine } = await requireLab(lab.folder, lab.engine);
  const { catalogue, scenario } = await loadIncident(session);
  const faults = chosen(faultsOf(catalogue, scenario), ids);
  const solved: Solved[] = [];
  for (const fault of faults) {
    const steps: StepDone[] = [];
    tell.fault(fault);
    await runSteps(lab, engine.kubeconfigPath, fault.solutions[0]?.steps ?? [], (done) => {
      steps.push(done);
      tell.step(done);
    });
    solved.push({ fault: fault.id, title: fault.title, steps });
  }
  return solved;
}

function chosen(faults: readonly Fault[], ids: readonly string[]): Fault[] {
  const known = faults.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new LabError('UNKNOWN_FAULT', { id: unknown, nearest: nearest(unknown, known) });
  return faults.filter(({ id }) => ids.length === 0 || ids.includes(id));
}
