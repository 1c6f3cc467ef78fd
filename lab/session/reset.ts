import { sleep, toTimestamp } from '../../lib/clock.ts';
import { cleanUp } from '../../grader/grade.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import { faultsOf } from '../../scenarios/catalogue.ts';
import { takeLock } from '../lock.ts';
import { placeManifests } from '../seat.ts';
import { breakShop, deployBroken, deployHealthy, historyOf, objectsOf } from './break-shop.ts';
import { applyManifests } from './deploy.ts';
import { buildHealthyImages } from './images.ts';
import type { Lab } from './lab.ts';
import { keptNote, prepareWorkspace } from './prepare-workspace.ts';
import { planSteps } from './progress.ts';
import { proveBreak } from './prove.ts';
import { restoreData } from './restore-data.ts';
import { loadIncident } from './incident.ts';
import { requireLab, writeSession, type SessionRecord } from './session-record.ts';
import { bothSettled } from './settled.ts';
import { readHealthyManifests } from './shop.ts';

const titles = {
  workspace: 'Write the workspace',
  break: 'Deploy the broken shop',
  prove: 'Prove that it is broken',
};

/**
 * Back to the broken start: workloads, images and workspace. Opened hints stay as they are, and so do stored orders,
 * unless a fault of the scenario changes what is stored.
 * @throws LabError
 */
export async function resetLab(lab: Lab): Promise<SessionRecord> {
  const { folder, clock, seat } = lab;
  const { session, engine } = await requireLab(folder, lab.engine);
  await using _ = await takeLock(folder.lockFile, 'reset');
  const { catalogue, scenario } = await loadIncident(session);
  const { shop: healthyFiles, labSystem } = await readHealthyManifests();
  const shop = breakShop(scenario, faultsOf(catalogue, scenario), healthyFiles, seat);
  const startedAt = toTimestamp(clock.now());
  const steps = planSteps(titles, lab.report, clock);
  await cleanUp({ kubeconfigPath: engine.kubeconfigPath, namespace: seat.namespace });
  await using kube = await connectKube({ kubeconfigPath: engine.kubeconfigPath });

  const [{ broken, digest }, healthy] = await bothSettled(
    steps.run('workspace', () => prepareWorkspace(lab, shop, session.entrance), keptNote),
    buildHealthyImages(folder),
  );
  await steps.run('break', async () => {
    // First: what a new baseline finds of the lab itself is what gradings will ask for.
    await applyManifests(kube, objectsOf(placeManifests(labSystem, seat)));
    if (shop.faults.some(({ changesData }) => changesData)) {
      await restoreData(lab, kube, engine, shop, { healthy, entrance: session.entrance });
    } else if (scenario.start === 'in-place') {
      await deployHealthy(lab, kube, engine, shop, healthy);
    }
    await sleep(clock, historyOf(shop, session.historyS) * 1000, lab.signal);
    await deployBroken(lab, kube, engine, shop, { healthy, broken });
  });
  const proof = await steps.run(
    'prove',
    () => proveBreak(lab, kube, engine, shop, healthy),
    (proven) => `${proven.length} of ${shop.faults.length} faults`,
  );
  const renewed = { ...session, startedAt, handedOverAt: toTimestamp(clock.now()), workspaceDigest: digest, proof };
  await writeSession(folder, renewed);
  return renewed;
}
