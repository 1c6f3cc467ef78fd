import { systemClock, type Clock } from '../../lib/clock.ts';
import { embeddedEngine } from '../engines/embedded.ts';
import type { Engine } from '../engines/engine.ts';
import { labFolder, type LabFolder } from '../lab-folder.ts';
import type { Report } from './progress.ts';

/** What every command of a session works with. */
export interface Lab {
  folder: LabFolder;
  engine: Engine;
  clock: Clock;
  report: Report;
  /** Aborted by Ctrl-C: the command puts back what it began. */
  signal: AbortSignal;
}

export function openLab(workingDir: string, signal: AbortSignal, report: Report): Lab {
  const folder = labFolder(workingDir);
  const clock = systemClock;
  return { folder, clock, report, signal, engine: embeddedEngine({ folder, clock }) };
}
