import { join } from 'node:path';
import { killLeftovers as killLeftoverProcesses } from './runtime/leftovers.ts';

/**
 * Ends the containers that a cluster in `dir` left behind when it died without a chance to clean up. In a file of its
 * own, so that a command which only cleans up need not load the engine.
 * @returns how many processes were ended
 */
export function killLeftovers(dir: string): Promise<number> {
  return killLeftoverProcesses(join(dir, 'run'));
}
