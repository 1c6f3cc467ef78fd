import { toTimestamp } from '../../lib/clock.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { faultsOf } from '../../scenarios/catalogue.ts';
import { LabError } from '../errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { placeText } from '../seat.ts';
import type { Lab } from './lab.ts';
import { requireLab, writeSession } from './session-record.ts';
import { loadIncident } from './incident.ts';

export interface Hint {
  /** The issue, or the scenario for a general hint. */
  issue: string;
  /** Counted from 1. */
  number: number;
  of: number;
  title?: string;
  text: string;
  commands: readonly string[];
  /** False when this hint had been opened already: it costs nothing more. */
  isNew: boolean;
  hintsUsed: number;
  /** Points that each opened hint costs. */
  cost: number;
}

/**
 * Opens the next hint: of the whole incident, or of one issue. After the last one it shows that one again.
 * @param issue its number in the report of a grading, or its id
 * @throws LabError UNKNOWN_FAULT
 */
export async function nextHint({ folder, engine, clock, seat }: Lab, issue?: string): Promise<Hint> {
  const { session } = await requireLab(folder, engine);
  const { catalogue, scenario } = await loadIncident(session);
  const fault = issue === undefined ? undefined : requireIssue(faultsOf(catalogue, scenario), issue);
  const key = fault?.id ?? scenario.id;
  const hints = fault ? fault.hints.map((text): OneHint => ({ text, commands: [] })) : scenario.hints;
  const opened = session.hints.filter((hint) => hint.issue === key).length;
  const isNew = opened < hints.length;
  const index = Math.min(opened, hints.length - 1);
  if (isNew) {
    session.hints.push({ issue: key, index, at: toTimestamp(clock.now()) });
    await writeSession(folder, session);
  }
  const hint = hints[index];
  if (!hint) throw new Error(`${key} has no hints`);
  const counted = { number: index + 1, of: hints.length, isNew, hintsUsed: session.hints.length };
  const commands = hint.commands.map((command) => placeText(command, seat));
  const text = placeText(hint.text, seat);
  return { issue: fault && issue ? issue : key, ...hint, text, commands, ...counted, cost: scenario.hintCost };
}

type OneHint = Pick<Hint, 'title' | 'text' | 'commands'>;

/** An issue by its number, which gives nothing away, or by its id. */
function requireIssue(faults: readonly Fault[], issue: string): Fault {
  const fault = /^\d+$/.test(issue) ? faults[Number(issue) - 1] : faults.find(({ id }) => id === issue);
  if (fault) return fault;
  const known = faults.map(({ id }) => id);
  throw new LabError('UNKNOWN_FAULT', { id: issue, nearest: nearest(issue, known) });
}
