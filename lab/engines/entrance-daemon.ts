import { rm } from 'node:fs/promises';
import { systemClock, toTimestamp } from '../../lib/clock.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import { labFolder } from '../lab-folder.ts';
import { identifySelf } from '../process-identity.ts';
import { endOnSignals, endWithoutParent, log, outliveMistakes, whileFileExists } from './daemon-life.ts';
import { writeEngineFile } from './engine-file.ts';
import { openEntrance } from './entrance.ts';
import { localPorts } from './local-ports.ts';
import { readTarget, seatOf } from './target.ts';

const lookEveryMs = 1_000;

/** The process behind the engine `kubeconfig`: the shop's entrance on this machine, and nothing else. */
async function main(workingDir: string): Promise<void> {
  const folder = labFolder(workingDir);
  const ending = new AbortController();
  endOnSignals(ending);
  endWithoutParent(ending);
  const { namespace } = seatOf(readTarget(folder));
  await using kube = await connectKube({ kubeconfigPath: folder.kubeconfig });
  const { gitVersion } = await kube.get<{ gitVersion: string }>('/version');
  await using entrance = await openEntrance(kube, { namespace, name: 'gateway' }, localPorts, log);
  const { port } = entrance;
  await writeEngineFile(folder.engineFile, {
    ...(await identifySelf()),
    version: gitVersion,
    url: kube.access.server,
    kubeconfig: folder.kubeconfig,
    startedAt: toTimestamp(systemClock.now()),
    loadBalancers: [{ service: `${namespace}/gateway`, port, url: `http://localhost:${port}` }],
  });
  process.send?.({ kind: 'ready' });
  outliveMistakes();
  await whileFileExists(folder.engineFile, lookEveryMs, ending, async () => {});
  await rm(folder.engineFile, { force: true });
}

const [, , workingDir] = process.argv;
if (!workingDir) throw new Error('usage: entrance-daemon.ts FOLDER');
await main(workingDir);
process.exit(0);
