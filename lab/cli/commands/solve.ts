import { createInterface } from 'node:readline/promises';
import { LabError } from '../../errors.ts';
import { solve as solveIssues } from '../../session/solve.ts';
import { isInteractive, labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function solve(invocation: Invocation, issues: string[], { yes }: { yes?: boolean }): Promise<void> {
  if (!yes && !(await isMeant(invocation))) throw new LabError('NEEDS_YES');
  const say = invocation.json ? () => {} : print;
  const solved = await solveIssues(labHere(invocation), issues, {
    fault: ({ title, fix }) => say(`\n# ${title}\n# ${fix.trim().replaceAll('\n', '\n# ')}`),
    step: ({ text, output }) => say(`$ ${text}\n${output}`),
  });
  if (invocation.json) printJson({ solved });
  else print('\nDone. Give the roll-outs a moment, then: npx brokenprod grade');
}

async function isMeant({ json, signal }: Invocation): Promise<boolean> {
  if (json || !isInteractive() || !process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('This gives the solution away and changes the cluster. Go on? [y/N] ', {
      signal,
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
