import type { Bench } from './figure.ts';
import { measurePausePods } from './pause-pods.ts';
import { measureReopening } from './reopen.ts';

/** How the engine fares when there is much of everything. */
export const scaleBench: Bench = {
  id: 'scale',
  title: 'Many objects',
  how: 'parts of the engine in the bench’s own process',
  async run({ signal, report }) {
    (await measureReopening(signal)).forEach(report);
    (await measurePausePods(signal)).forEach(report);
  },
};
