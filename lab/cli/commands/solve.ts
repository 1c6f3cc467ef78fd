import { LabError } from '../../errors.ts';
import { solve as solveIssues } from '../../session/solve.ts';
import { isAgreed } from '../ask.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function solve(invocation: Invocation, issues: string[], { yes }: { yes?: boolean }): Promise<void> {
  const question = 'This gives the solution away and changes the cluster. Go on?';
  if (!yes && !(await isAgreed(invocation, question))) throw new LabError('NEEDS_YES');
  const say = invocation.json ? () => {} : print;
  const solved = await solveIssues(labHere(invocation), issues, {
    fault: ({ title, fix }) => say(`\n# ${title}\n# ${fix.trim().replaceAll('\n', '\n# ')}`),
    step: ({ text, output }) => say(`$ ${text}\n${output}`),
  });
  if (invocation.json) printJson({ solved });
  else print('\nDone. Give the roll-outs a moment, then: npx brokenprod grade');
}
