import type { Fault } from '../../scenarios/fault.ts';
import { healthySteps } from './healthy-steps.ts';
import { rowsOf, type Row } from './rows.ts';

/** What is played of a fault: put back as it was, left alone, and each repair, right or wrong. */
export async function proofRows(fault: Fault): Promise<Row[]> {
  const rows = rowsOf(fault);
  // What is stored stays changed when the manifests are put back; and what the fault brought must not go.
  if (fault.changesData || fault.objectsStay) return rows;
  const steps = await healthySteps(fault);
  return [...rows, { fault: fault.id, kind: 'healthy', title: 'put back as it was', steps, mustPass: true }];
}
