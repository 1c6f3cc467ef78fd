import { timeline as readTimeline } from '../../session/timeline.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function timeline(invocation: Invocation): Promise<void> {
  const moments = await readTimeline(labHere(invocation));
  if (invocation.json) {
    printJson({ moments });
    return;
  }
  print(moments.map(({ at, kind, text }) => `${at.slice(11, 19)}  ${kind.padEnd(10)}${text}`).join('\n'));
}
