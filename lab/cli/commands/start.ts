import { resolve } from 'node:path';
import { LabError } from '../../errors.ts';
import type { Target } from '../../engines/target.ts';
import { findKubectl } from '../../kubectl/find-kubectl.ts';
import type { Wish } from '../../session/incident.ts';
import type { Level } from '../../../scenarios/levels.ts';
import { startLab } from '../../session/start.ts';
import { labOfThisFolder, print, printJson, type Invocation } from '../invocation.ts';

export async function start(
  invocation: Invocation,
  scenario: string | undefined,
  options: EngineOptions & WishOptions,
): Promise<void> {
  const wish = wishOf(scenario, options);
  const target = targetOf(options);
  const lab = labOfThisFolder(invocation, target);
  const { session, briefing } = await startLab(lab, { wish, target, ...historyOf(options) });
  await invocation.progress.close();
  if (invocation.json) {
    // How each fault was proven names its cause.
    printJson({ ...session, proof: undefined, kubeconfig: lab.folder.kubeconfig, incident: lab.folder.incident });
    return;
  }
  print(`\n${briefing}`);
  if (!session.entrance.endsWith(':8080')) {
    print(`Port 8080 is taken on this machine: the shop is at ${session.entrance}.\n`);
  }
  const kubectl = await findKubectl(lab.folder);
  if (!kubectl) print(`${new LabError('NO_KUBECTL').message}.\n`);
  print(`\n${nextSteps(session.namespace)}`);
}

interface WishOptions {
  fault?: string[];
  random?: string;
  level: Level;
  seed?: string;
  history?: string;
}

/** @throws LabError START_OPTIONS when more than one thing is asked for, or no number of faults */
function wishOf(scenario: string | undefined, { fault, random, level, seed }: WishOptions): Wish {
  const asked = [scenario, fault, random].filter((one) => one !== undefined);
  if (asked.length > 1)
    throw new LabError('START_OPTIONS', { why: 'A scenario, --fault and --random exclude each other' });
  if (fault !== undefined) return { faults: fault, seed };
  if (random === undefined) return { scenario: scenario ?? 'friday-afternoon', seed };
  if (!/^[1-9]$/.test(random)) {
    throw new LabError('START_OPTIONS', { why: `--random takes a number from 1 to 9, not "${random}"` });
  }
  return { random: Number(random), level, seed };
}

/** @throws LabError START_OPTIONS when it is no number of seconds up to an hour */
function historyOf({ history }: WishOptions): { historyS?: number } {
  if (history === undefined) return {};
  if (/^\d{1,4}$/.test(history) && Number(history) <= 3600) return { historyS: Number(history) };
  throw new LabError('START_OPTIONS', { why: `--history takes seconds from 0 to 3600, not "${history}"` });
}

interface EngineOptions {
  engine: Target['engine'];
  context?: string;
  namespace?: string;
  images?: string;
  platform?: string;
  kubeconfig?: string;
}

/** @throws LabError SEAT_OPTIONS naming what is missing */
function targetOf({ engine, context, namespace, images, platform, kubeconfig }: EngineOptions): Target {
  if (engine === 'embedded') return { engine };
  if (engine === 'k3d') return { engine, cluster: 'brokenprod' };
  if (context && namespace && images) {
    const own = { ...(platform && { platform }), ...(kubeconfig && { kubeconfig: resolve(kubeconfig) }) };
    return { engine, context, namespace, images, ...own };
  }
  const missing = Object.entries({ context, namespace, images }).flatMap(([name, value]) => (value ? [] : `--${name}`));
  throw new LabError('SEAT_OPTIONS', { missing });
}

function nextSteps(namespace: string): string {
  return `You are on call. Begin with:
  npx brokenprod kubectl get pods -n ${namespace}
  eval "$(npx brokenprod env)"        (then plain kubectl works in this shell)
  npx brokenprod hint                 (when you are stuck)
The workspace is .brokenprod/incident. The lab goes on in the background; npx brokenprod stop ends it.`;
}
