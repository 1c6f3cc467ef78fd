import { runKubectl } from '../../kubectl/run-kubectl.ts';
import { requireLab } from '../../session/session-record.ts';
import { labHere, type Invocation } from '../invocation.ts';

/** @returns kubectl's own exit code */
export async function kubectl(invocation: Invocation, args: readonly string[]): Promise<number> {
  const lab = labHere(invocation);
  const { engine } = await requireLab(lab.folder, lab.engine);
  return runKubectl(lab.folder, engine.kubeconfigPath, args);
}
