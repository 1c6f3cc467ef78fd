import { z } from 'zod';
import { blockedBy, defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { isInPlainSight } from '../effective-env.ts';
import { getThroughPortForward } from '../port-forward.ts';
import { answerOf, askPod } from '../proxy.ts';
import { deploymentOf, mainContainer } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** A password that was good before it was changed. */
  old: z.string(),
  /** Who writes into the database, and the variable that holds the password on either side. */
  client: z.string(),
  variable: z.string(),
});
type Params = z.infer<typeof params>;

/** What the database answered, and where the client's password stands. */
export interface PasswordTrials {
  /** Status of a question with the old password. */
  old: number;
  /** Status of a write without any; null when there was no answer. */
  none: number | null;
  isInPlainSight: boolean;
}

/** The database asks for its password, and only for the one of today. */
export const databasePassword = defineCheck<Params>({ phase: 'after', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment, port, old, client, variable } = given;
  const { kube, namespace, signal, state } = context;
  const meaning: Meaning = {
    expected: `${deployment} refuses a write without a password and everything with an old one; ${client} has it from a Secret`,
    why: 'a password is changed because somebody may know the old one',
    where: `the Secrets that ${deployment} and ${client} refer to, and when each of their pods was started`,
  };
  const picked = pickPod(state, deployment);
  if ('problem' in picked) return blockedBy(deployment, picked.problem, meaning);
  const spec = deploymentOf(state, client)?.spec.template.spec;
  const container = spec && mainContainer(spec, client);
  if (!container) return finding('fail', `there is no Deployment ${client}`, meaning);
  const target = { namespace, pod: picked.pod.metadata.name, port, signal };
  const none = await askPod(kube, { ...target, method: 'POST', path: '/orders', body: {} });
  if (none.status === null) return blockedBy(deployment, answerOf(none), meaning);
  const headers = { authorization: `Bearer ${old}` };
  const shown = await getThroughPortForward(kube, { ...target, path: '/products', headers });
  const own = mainContainer(picked.pod.spec, deployment);
  const open = await Promise.all(
    [container, ...(own ? [own] : [])].map((one) => isInPlainSight(kube, namespace, one, variable)),
  );
  return judgePassword({ old: shown.status, none: none.status, isInPlainSight: open.includes(true) }, meaning);
}

export function judgePassword({ old, none, isInPlainSight }: PasswordTrials, meaning: Meaning): Finding {
  if (old !== 401) return finding('fail', `the database answers ${old} to a password that was changed`, meaning);
  if (none !== 401) return finding('fail', `the database answers ${none} to a write without a password`, meaning);
  return isInPlainSight
    ? finding('fail', 'the password does not stand in a Secret, but for everybody to read', meaning)
    : finding('pass', 'old passwords are refused, and so is a write without any', meaning);
}
