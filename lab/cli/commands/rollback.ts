import { LabError } from '../../errors.ts';
import { rollBack, type RolledBack } from '../../session/rollback.ts';
import { isAgreed } from '../ask.ts';
import { exitCode, labHere, print, printJson, type Invocation } from '../invocation.ts';

/** The emergency exit of whoever is on call. */
export async function rollback(invocation: Invocation, { yes }: { yes?: boolean }): Promise<number> {
  const question = 'This brings every Deployment back to its last healthy revision. Go on?';
  if (!yes && !(await isAgreed(invocation, question))) throw new LabError('ROLLBACK_NEEDS_YES');
  const rolledBack = await rollBack(labHere(invocation), ({ text, output }) => {
    if (!invocation.json) print(`$ ${text}\n${output}`);
  });
  await invocation.progress.close();
  if (invocation.json) printJson(rolledBack);
  else print(describe(rolledBack));
  return rolledBack.isPartial ? exitCode.notPassed : exitCode.done;
}

function describe({ returns, isPartial }: RolledBack): string {
  if (returns.length === 0) {
    return isPartial
      ? 'Nothing was rolled back: there is no healthy revision to go back to. What is broken was deployed that way.'
      : 'Nothing was rolled back: every Deployment runs as it did before the incident. What is wrong lies elsewhere.';
  }
  const lines = [
    ...returns.map(
      ({ deployment, from, to }) => `${deployment}: from revision ${from} back to what revision ${to} was`,
    ),
    '',
    'That mitigates, and the timeline says so; what went wrong is still to be found.',
    'Only Deployments were rolled back: Services, configuration, quotas and data are as they were.',
    ...(isPartial ? ['Not every Deployment has a healthy revision to go back to.'] : []),
  ];
  return lines.join('\n');
}
