import { LabError } from '../../errors.ts';
import { findKubectl } from '../../kubectl/find-kubectl.ts';
import { startLab } from '../../session/start.ts';
import { labOfThisFolder, print, printJson, type Invocation } from '../invocation.ts';

export async function start(
  invocation: Invocation,
  scenario: string,
  { engine, seed }: { engine: string; seed?: string },
): Promise<void> {
  if (engine !== 'embedded') throw new LabError('ENGINE_NOT_YET', { engine });
  const lab = labOfThisFolder(invocation);
  const { session, briefing } = await startLab(lab, { scenario, seed });
  await invocation.progress.close();
  if (invocation.json) {
    printJson({ ...session, kubeconfig: lab.folder.kubeconfig, incident: lab.folder.incident });
    return;
  }
  print(`\n${briefing}`);
  if (!session.entrance.endsWith(':8080'))
    print(`Port 8080 is taken on this machine: the shop is at ${session.entrance}.\n`);
  const kubectl = await findKubectl(lab.folder);
  if (!kubectl) print(`${new LabError('NO_KUBECTL').message}.\n`);
  print(`\n${nextSteps(session.namespace)}`);
}

function nextSteps(namespace: string): string {
  return `You are on call. Begin with:
  npx brokenprod kubectl get pods -n ${namespace}
  eval "$(npx brokenprod env)"        (then plain kubectl works in this shell)
  npx brokenprod hint                 (when you are stuck)
The workspace is .brokenprod/incident. The lab goes on in the background; npx brokenprod stop ends it.`;
}
