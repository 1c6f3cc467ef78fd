import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toTimestamp, type Clock } from '../../lib/clock.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';
import type { Addressable } from '../../lib/kube/paths.ts';
import { LabError } from '../errors.ts';
import { readJson, writeJson, writeWhole, type LabFolder } from '../lab-folder.ts';
import { endProcess, isAlive } from '../process-identity.ts';
import { workloadKinds } from '../session/deploy.ts';
import type { Report } from '../session/progress.ts';
import { clearSeat, objectsIn } from './clear-seat.ts';
import { containerImages } from './container-images.ts';
import type { Engine, EngineEnd, EngineState, RunningEngine } from './engine.ts';
import { readEngineFile, type EngineFile } from './engine-file.ts';
import { launchEngine } from './engine-process.ts';
import { claimName, claimSeat, holderOf, readClaim, releaseSeat } from './seat-claim.ts';
import { extractContext, kubeconfigFiles } from './seat-kubeconfig.ts';
import { reach, requireMark } from './seat-mark.ts';
import { seatOf, type SeatTarget } from './target.ts';

interface Options {
  folder: LabFolder;
  clock: Clock;
  report: Report;
  /** What keeps the entrance open in the background. */
  program: string;
}

const endWithinMs = 2_000;
const foreignSchema = z.array(z.custom<Addressable>((value) => typeof value === 'object' && value !== null));

/** A seat on somebody's cluster: two namespaces that were marked for it, and nothing outside them. */
export function kubeconfigEngine(target: SeatTarget, options: Options): Engine {
  const { folder, clock } = options;
  return {
    async up(signal) {
      await takeSeat(target, options);
      const foreign = await readForeign(folder);
      const { file, handOver } = await launchEngine(folder, options.program, signal);
      return { ...running(target, options, file, foreign, signal), handOver };
    },
    async state(): Promise<EngineState> {
      const file = await readEngineFile(folder.engineFile);
      if (!file) return { kind: 'none' };
      if (!(await isAlive(file))) return { kind: 'lost' };
      return { kind: 'running', engine: running(target, options, file, await readForeign(folder)) };
    },
    async down(): Promise<EngineEnd> {
      const file = await readEngineFile(folder.engineFile).catch(() => undefined);
      const engine = file ? await endProcess(file, clock, endWithinMs) : 'gone';
      const remains = await leaveSeat(target, folder, clock);
      await rm(folder.engineFile, { force: true });
      return { engine, leftovers: 0, ...(remains && { remains }) };
    },
  };
}

/** Looks at everything that could speak against it before the first thing is made. */
async function takeSeat(target: SeatTarget, { folder, clock }: Options): Promise<void> {
  const { namespace, labNamespace } = seatOf(target);
  const own = await extractContext(kubeconfigFiles(target.kubeconfig), target.context, namespace);
  await writeWhole(folder.kubeconfig, own, 0o600);
  await using kube = await connectKube({ kubeconfigPath: folder.kubeconfig });
  await requireMark(kube, { namespace, labNamespace });
  await reach(kube, async () => {
    const holder = holderOf(folder);
    // A start that was cut off has left its claim, and perhaps more.
    const claim = await readClaim(kube, labNamespace);
    if (claim && claim.holder !== holder) throw new LabError('SEAT_TAKEN', { namespace, ...claim });
    if (claim) await clear(kube, target, clock);
    const foreign = await objectsIn(kube, [namespace, labNamespace]);
    const running = foreign.find(
      ({ kind }) => workloadKinds.some(([, workload]) => workload === kind) || kind === 'Pod',
    );
    if (running)
      throw new LabError('SEAT_NOT_EMPTY', { namespace, object: `${running.kind} ${running.metadata.name}` });
    await claimSeat(kube, labNamespace, { holder, since: toTimestamp(clock.now()), foreign });
    await writeJson(foreignFile(folder), foreign);
  });
}

/** @returns what could not be done, in words */
async function leaveSeat(target: SeatTarget, folder: LabFolder, clock: Clock): Promise<string | undefined> {
  const { namespace, labNamespace } = seatOf(target);
  try {
    await using kube = await connectKube({ kubeconfigPath: folder.kubeconfig });
    const claim = await readClaim(kube, labNamespace);
    if (claim?.holder === holderOf(folder)) await clear(kube, target, clock);
    return undefined;
  } catch (error) {
    // Without a kubeconfig of its own the lab never reached the cluster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const why = (error as Error).message;
    const command = `npx brokenprod adopt --context ${target.context} --namespace ${namespace} --undo`;
    return `The namespaces ${namespace} and ${labNamespace} could not be cleared (${why}). Later: ${command}`;
  }
}

async function clear(kube: Kube, target: SeatTarget, clock: Clock): Promise<void> {
  const { namespace, labNamespace } = seatOf(target);
  const foreign = (await readClaim(kube, labNamespace))?.foreign ?? [];
  const claim = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: claimName, namespace: labNamespace },
  };
  // The claim goes last: until then nobody else comes in.
  await clearSeat(kube, [namespace, labNamespace], [...foreign, claim], { clock, signal: AbortSignal.timeout(60_000) });
  await releaseSeat(kube, labNamespace);
}

function running(
  target: SeatTarget,
  { folder, report }: Options,
  file: EngineFile,
  foreign: readonly Addressable[],
  signal?: AbortSignal,
): RunningEngine {
  const tell = (text: string): void => report({ kind: 'note', text });
  const prefix = seatOf(target).imagePrefix;
  const { images, platform } = target;
  return {
    name: 'kubeconfig',
    version: file.version,
    kubeconfigPath: file.kubeconfig,
    startedAt: file.startedAt,
    patience: 4,
    foreign,
    loadBalancers: async () => (await readEngineFile(folder.engineFile))?.loadBalancers ?? [],
    images: containerImages({
      folder,
      target: images,
      prefix,
      tell,
      ...(platform && { platform }),
      ...(signal && { signal }),
    }),
  };
}

function foreignFile(folder: LabFolder): string {
  return join(folder.dir, 'foreign.json');
}

async function readForeign(folder: LabFolder): Promise<Addressable[]> {
  return (await readJson(foreignFile(folder), foreignSchema)) ?? [];
}
