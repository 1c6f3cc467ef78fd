import { resolve } from 'node:path';
import { LabError } from '../../errors.ts';
import type { Target } from '../../engines/target.ts';
import { findKubectl } from '../../kubectl/find-kubectl.ts';
import { startLab } from '../../session/start.ts';
import { labOfThisFolder, print, printJson, type Invocation } from '../invocation.ts';

export async function start(
  invocation: Invocation,
  scenario: string,
  options: EngineOptions & { seed?: string },
): Promise<void> {
  const target = targetOf(options);
  const lab = labOfThisFolder(invocation, target);
  const { session, briefing } = await startLab(lab, { scenario, seed: options.seed, target });
  await invocation.progress.close();
  if (invocation.json) {
    printJson({ ...session, kubeconfig: lab.folder.kubeconfig, incident: lab.folder.incident });
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

interface EngineOptions {
  engine: Target['engine'];
  context?: string;
  namespace?: string;
  images?: string;
  kubeconfig?: string;
}

/** @throws LabError SEAT_OPTIONS naming what is missing */
function targetOf({ engine, context, namespace, images, kubeconfig }: EngineOptions): Target {
  if (engine === 'embedded') return { engine };
  if (engine === 'k3d') return { engine, cluster: 'brokenprod' };
  if (context && namespace && images) {
    return { engine, context, namespace, images, ...(kubeconfig && { kubeconfig: resolve(kubeconfig) }) };
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
