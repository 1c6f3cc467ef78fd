import { join } from 'node:path';
import type { Evidence } from '../../grader/evidence.ts';
import { grade } from '../../grader/grade.ts';
import { withoutCauses, type Verdict } from '../../grader/verdict.ts';
import { gradingPlan } from '../../scenarios/catalogue.ts';
import { writeJson } from '../lab-folder.ts';
import { takeLock } from '../lock.ts';
import { assess } from './assess.ts';
import { readFindings } from './findings.ts';
import { answeredAt, readHistory } from './history.ts';
import { bundleFacts, keptEvidence, writeBundle } from './bundles.ts';
import { describeEntry, readLabTrail } from './trail.ts';
import type { Lab } from './lab.ts';
import { readBaseline } from './kept-baseline.ts';
import { loadIncident } from './incident.ts';
import { requireLab } from './session-record.ts';

/** Of a longer trail a bundle keeps the end. */
const maxTrail = 1_000;

/**
 * Has the running system judged and keeps the verdict in `verdicts/`.
 * @param quick a short look instead of the full stability window
 * @param explain also tells what is behind issues that are open: for instructors
 * @param seal also keeps a bundle; not for looks that are taken again and again
 * @throws LabError
 */
export async function gradeLab(
  lab: Lab,
  { quick, explain, seal = true }: { quick: boolean; explain: boolean; seal?: boolean },
): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const { folder, clock, signal, report } = lab;
  const { session, engine } = await requireLab(folder, lab.engine);
  await using _ = await takeLock(folder.lockFile, 'grade');
  const baseline = await readBaseline(folder);
  const { catalogue, scenario } = await loadIncident(session);
  const plan = gradingPlan(catalogue, scenario);
  const target = {
    kubeconfigPath: engine.kubeconfigPath,
    namespace: session.namespace,
    labNamespace: lab.seat.labNamespace,
  };
  const { verdict: full, evidence } = await grade({
    ...target,
    entranceUrl: session.entrance,
    baseline,
    plan,
    engine: engine.name,
    seed: session.seed ?? undefined,
    hintsUsed: session.hints.length,
    quick,
    clock,
    signal,
    onProgress: (text) => report({ kind: 'note', text }),
  });
  const sinceMs = Date.parse(session.handedOverAt);
  const [{ trail, source }, findings, history] = await Promise.all([
    readLabTrail(folder, { session, engine }),
    readFindings(folder),
    readHistory(folder.verdicts, sinceMs),
  ]);
  const assessed = assess(full, plan, { handedOverAtMs: sinceMs, trail, source, findings, history });
  const verdict = explain ? assessed : withoutCauses(assessed);
  await writeJson(join(folder.verdicts, `${verdict.finishedAt.replaceAll(':', '')}.json`), verdict);
  if (!seal) return { verdict, evidence };
  await writeBundle(folder, {
    facts: await bundleFacts(session, engine, verdict, answeredAt(history)),
    evidence: keptEvidence(evidence),
    findings: findings.map((finding) => ({ ...finding })),
    trail: trail.slice(-maxTrail).map((entry) => ({ atMs: entry.atMs, text: describeEntry(entry) })),
    verdict,
  });
  return { verdict, evidence };
}
