import { readdir } from 'node:fs/promises';
import { sleep, toTimestamp } from '../../lib/clock.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import { captureBaseline } from '../../grader/baseline.ts';
import { cleanUp } from '../../grader/grade.ts';
import { faultsOf } from '../../scenarios/catalogue.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { StartedEngine } from '../engines/engine.ts';
import { writeTarget, type Target } from '../engines/target.ts';
import { explainSystemError, LabError } from '../errors.ts';
import { takeLock } from '../lock.ts';
import { placeManifests } from '../seat.ts';
import { breakShop, deployBroken, historyOf, objectsOf, usualHistoryS, type BrokenShop } from './break-shop.ts';
import { briefing } from './briefing.ts';
import { clearState, isKeepsake } from './clear.ts';
import { applyManifests, waitAvailable } from './deploy.ts';
import { buildHealthyImages } from './images.ts';
import { chooseIncident, loadIncident, type IncidentRecord, type Wish } from './incident.ts';
import { writeBaseline } from './kept-baseline.ts';
import { openLab, type Lab } from './lab.ts';
import { planSteps, type Steps } from './progress.ts';
import { proveBreak } from './prove.ts';
import { readLabState, writeSession, type SessionRecord } from './session-record.ts';
import { readHealthyManifests, waitForEntrance } from './shop.ts';
import { keptNote, prepareWorkspace } from './prepare-workspace.ts';
import { bothSettled } from './settled.ts';

const titles = {
  images: 'Build the images',
  engine: 'Boot the cluster',
  load: 'Give it the images',
  apply: 'Deploy the healthy shop',
  workspace: 'Write the workspace',
  available: 'Wait until it serves',
  baseline: 'Take the baseline',
  history: 'Let customers use it',
  break: 'Break it',
  prove: 'Prove that it is broken',
};
type StartSteps = Steps<keyof typeof titles>;

export interface Started {
  session: SessionRecord;
  scenario: Scenario;
  briefing: string;
}

/**
 * Brings up a broken shop and hands it over; it goes on in the background. When anything fails, or on Ctrl-C, nothing
 * of it stays. What a crashed lab left in the folder is cleaned up first.
 * @param options.historyS how long the healthy shop runs before a fault that comes with a history; a minute by default
 * @throws LabError
 */
export async function startLab(
  lab: Lab,
  options: { wish: Wish; target?: Target; historyS?: number },
): Promise<Started> {
  const { folder } = lab;
  const incident = await chooseIncident(options.wish);
  const { catalogue, scenario } = await loadIncident(incident);
  await using _ = await takeLock(folder.lockFile, 'start');
  // What is left from before may be on another engine.
  await recover(openLab(folder.workingDir, lab.signal, lab.report));
  await writeTarget(folder, options.target ?? { engine: 'embedded' });
  const before = await readdir(folder.dir);
  try {
    const { shop, labSystem } = await readHealthyManifests();
    const broken = breakShop(scenario, faultsOf(catalogue, scenario), shop, lab.seat);
    const { historyS = usualHistoryS } = options;
    const session = await boot(lab, broken, objectsOf(placeManifests(labSystem, lab.seat)), { ...incident, historyS });
    return { session, scenario, briefing: briefing(scenario, session.entrance, lab.seat) };
  } catch (error) {
    await undo(lab, before.includes('incident')).catch((reason: unknown) =>
      lab.report({ kind: 'note', text: `Not everything could be cleaned up: ${String(reason)}` }),
    );
    throw explainSystemError(error, folder.dir);
  }
}

/** Takes back a start that did not get to its end; its log stays, unless the user wanted it to end. */
async function undo({ engine, folder, signal, report }: Lab, hadWorkspace: boolean): Promise<void> {
  const { remains } = await engine.down();
  if (remains) report({ kind: 'note', text: remains });
  const isKept = (name: string): boolean =>
    isKeepsake(name) || (name === 'incident' && hadWorkspace) || (name === 'logs' && !signal.aborted);
  await clearState(folder, isKept);
  if (signal.aborted) report({ kind: 'note', text: 'Nothing of the lab was left running.' });
}

/** Makes room for a new lab: refuses when one runs, removes what a crash left. */
async function recover({ folder, engine, report }: Lab): Promise<void> {
  const state = await readLabState(folder, engine).catch(() => ({ kind: 'half-started' as const }));
  if (state.kind === 'running') {
    throw new LabError('LAB_RUNNING', { dir: folder.workingDir, scenario: state.session.scenario });
  }
  const { engine: end, leftovers, remains } = await engine.down();
  if (remains) report({ kind: 'note', text: remains });
  await clearState(folder, (name) => isKeepsake(name) || name === 'incident' || name === 'lock.json');
  if (state.kind !== 'none') {
    const what = end === 'gone' ? `${leftovers} left processes ended` : 'its engine ended';
    report({ kind: 'note', text: `Cleaned up after a lab that did not end properly (${what}).` });
  }
}

async function boot(
  lab: Lab,
  shop: BrokenShop,
  labSystem: Parameters<typeof applyManifests>[1],
  incident: IncidentRecord & { historyS: number },
): Promise<SessionRecord> {
  const { folder, clock, signal, seat } = lab;
  const startedAt = toTimestamp(clock.now());
  const historyS = historyOf(shop, incident.historyS);
  const { history: _, ...others } = titles;
  const steps: StartSteps = planSteps(historyS > 0 ? titles : others, lab.report, clock);
  const [healthy, engine] = await bothSettled(
    steps.run(
      'images',
      () => buildHealthyImages(folder),
      (images) => `${new Set(images.map(({ image }) => image.digest)).size} images`,
    ),
    steps.run('engine', () => lab.engine.up(signal)),
  );
  await steps.run('load', () => engine.images.replaceAll(healthy));
  // A cluster that outlives its labs may still hold what an interrupted grading put there.
  await cleanUp({ kubeconfigPath: engine.kubeconfigPath, namespace: seat.namespace });
  await using kube = await connectKube({ kubeconfigPath: engine.kubeconfigPath });

  const entrance = await steps.run(
    'apply',
    async () => {
      await applyManifests(kube, [...objectsOf(shop.healthy), ...labSystem]);
      return waitForEntrance(engine, seat.namespace, { clock, signal });
    },
    ({ url }) => url,
  );
  const [{ broken, digest }] = await bothSettled(
    steps.run('workspace', () => prepareWorkspace(lab, shop, entrance.url), keptNote),
    steps.run('available', () =>
      waitAvailable(kube, [seat.namespace, seat.labNamespace], { clock, signal }, engine.patience),
    ),
  );
  const target = { ...seat, kubeconfigPath: engine.kubeconfigPath, entranceUrl: entrance.url };
  const baseline = await steps.run('baseline', () => captureBaseline({ ...target, clock, signal }));
  await writeBaseline(folder, baseline);
  if (historyS > 0) await steps.run('history', () => sleep(clock, historyS * 1000, signal));
  await steps.run('break', () => deployBroken(lab, kube, engine, shop, { healthy, broken }));
  const proof = await steps.run(
    'prove',
    () => proveBreak(lab, kube, engine, shop, healthy),
    (proven) => `${proven.length} of ${shop.faults.length} faults`,
  );
  return handOver(lab, engine, {
    format: 1,
    scenario: incident.scenario,
    faults: [...incident.faults],
    engine: engine.name,
    seed: incident.seed,
    historyS: incident.historyS,
    namespace: seat.namespace,
    entrance: entrance.url,
    startedAt,
    handedOverAt: toTimestamp(clock.now()),
    workspaceDigest: digest,
    proof,
    hints: [],
    rollbacks: [],
  });
}

async function handOver({ folder }: Lab, engine: StartedEngine, session: SessionRecord): Promise<SessionRecord> {
  await writeSession(folder, session);
  await engine.handOver();
  return session;
}
