import { join } from 'node:path';
import { z } from 'zod';
import type { Baseline } from '../../grader/baseline.ts';
import { grade } from '../../grader/grade.ts';
import type { Verdict } from '../../grader/verdict.ts';
import { gradingPlan } from '../../scenarios/catalogue.ts';
import { LabError } from '../errors.ts';
import { readJson, writeJson } from '../lab-folder.ts';
import { takeLock } from '../lock.ts';
import type { Lab } from './lab.ts';
import { loadIncident } from './incident.ts';
import { requireLab } from './session-record.ts';

/**
 * Has the running system judged and keeps the verdict in `verdicts/`.
 * @param quick a short look instead of the full stability window
 * @throws LabError
 */
export async function gradeLab(lab: Lab, { quick }: { quick: boolean }): Promise<Verdict> {
  const { folder, clock, signal, report } = lab;
  const { session, engine } = await requireLab(folder, lab.engine);
  await using _ = await takeLock(folder.lockFile, 'grade');
  const baseline = await readJson(
    folder.baselineFile,
    z.custom<Baseline>((value) => typeof value === 'object'),
  );
  if (!baseline) throw new LabError('STATE_UNREADABLE', { path: folder.baselineFile });
  const { catalogue, scenario } = await loadIncident(session);
  const target = {
    kubeconfigPath: engine.kubeconfigPath,
    namespace: session.namespace,
    labNamespace: lab.seat.labNamespace,
  };
  const verdict = await grade({
    ...target,
    entranceUrl: session.entrance,
    baseline,
    plan: gradingPlan(catalogue, scenario),
    engine: engine.name,
    seed: session.seed ?? undefined,
    hintsUsed: session.hints.length,
    quick,
    clock,
    signal,
    onProgress: (text) => report({ kind: 'note', text }),
  });
  await writeJson(join(folder.verdicts, `${verdict.finishedAt.replaceAll(':', '')}.json`), verdict);
  return verdict;
}
