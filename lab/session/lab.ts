import { systemClock, type Clock } from '../../lib/clock.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/open-engine.ts';
import { readTarget, seatOf, type Target } from '../engines/target.ts';
import { labFolder, type LabFolder } from '../lab-folder.ts';
import type { Seat } from '../seat.ts';
import type { Report } from './progress.ts';

/** What every command of a session works with. */
export interface Lab {
  folder: LabFolder;
  engine: Engine;
  /** Where on the engine's cluster the shop stands. */
  seat: Seat;
  clock: Clock;
  report: Report;
  /** Aborted by Ctrl-C: the command puts back what it began. */
  signal: AbortSignal;
}

/**
 * The lab of a folder.
 * @param target default: what the folder's lab was started on
 */
export function openLab(workingDir: string, signal: AbortSignal, report: Report, target?: Target): Lab {
  const folder = labFolder(workingDir);
  const clock = systemClock;
  const chosen = target ?? readTarget(folder);
  return { folder, clock, report, signal, seat: seatOf(chosen), engine: openEngine(chosen, { folder, clock, report }) };
}
