import { nextHint, type Hint } from '../../session/hint.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function hint(invocation: Invocation, issue?: string): Promise<void> {
  const next = await nextHint(labHere(invocation), issue);
  if (invocation.json) printJson(next);
  else print(describe(next));
}

function describe({ issue, number, of, title, text, commands, isNew, hintsUsed, cost }: Hint): string {
  const lines = [`Hint ${number} of ${of} (${issue})${title ? `: ${title}` : ''}`, '', text.trim()];
  if (commands.length > 0) lines.push('', ...commands.map((command) => `    ${command}`));
  const count = `${hintsUsed} ${hintsUsed === 1 ? 'hint' : 'hints'} opened so far, ${cost} ${cost === 1 ? 'point' : 'points'} each`;
  lines.push('', isNew ? `(${count}.)` : `(That was the last one; showing it again costs nothing. ${count}.)`);
  return lines.join('\n');
}
