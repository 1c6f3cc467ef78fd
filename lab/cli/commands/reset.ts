import { resetLab } from '../../session/reset.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function reset(invocation: Invocation): Promise<void> {
  const session = await resetLab(labHere(invocation));
  await invocation.progress.close();
  if (invocation.json) printJson(session);
  else print('Broken again, as at the start. Opened hints still count; stop and start begin wholly anew.');
}
