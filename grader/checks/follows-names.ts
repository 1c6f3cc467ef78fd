import { z } from 'zod';
import { sleep } from '../../lib/clock.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { pickPod } from '../component.ts';
import { effectiveEnv } from '../effective-env.ts';
import { startCopy } from '../private-copy.ts';
import { answerOf, askPod } from '../proxy.ts';
import { forgetScripts, play } from '../stand-in.ts';
import { deploymentOf, graderLabel, mainContainer } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The component reads this from the one whose address moves. */
  path: z.string(),
  /** The variable that says where that one is. */
  variable: z.string(),
  /** The variable that says for how many seconds an address is believed. */
  believes: z.string(),
  /** An address may be believed for so long. */
  withinSeconds: z.int().min(1).max(300),
});
type Params = z.infer<typeof params>;

const askEveryMs = 500;
/** An address that is gone swallows what is sent to it. */
const answersWithinMs = 1_500;
/** For the name server, which keeps an answer for a while too, for what is believed by default, and for calls in vain. */
const slackS = 16;
/** Who believes for longer than may be is only asked whether the figure is true. */
const doubtS = 8;
const standInPort = 8090;

/** The component notices when a name it calls leads elsewhere. */
export const followsNames = defineCheck<Params>({ phase: 'during', params, run });

async function run(given: Params, context: CheckContext): Promise<Finding> {
  const { deployment: name, variable, believes, withinSeconds } = given;
  const meaning: Meaning = {
    expected: `${name} follows a name that has got another address within ${withinSeconds} s`,
    why: 'addresses change with every move, and whoever holds on to an old one calls into the void until somebody restarts it',
    where: `the address that ${name} says it calls, and the one that the name has now: nslookup from inside its pod`,
  };
  const deployment = deploymentOf(context.state, name);
  if (!deployment) return finding('fail', `there is no Deployment ${name}`, meaning);
  const picked = pickPod(context.state, name);
  if ('problem' in picked) return finding('fail', picked.problem, meaning);
  const container = mainContainer(deployment.spec.template.spec, name);
  const env = container && (await effectiveEnv(context.kube, context.namespace, container));
  const believedS = Number(env?.get(believes) ?? 0);
  await using moving = await nameThatMoves(context);
  const url = `http://${moving.name}:${standInPort}/s/${context.runId}-moved`;
  await using copy = await startCopy(deployment, { [variable]: url }, context);
  const patienceS = believedS <= withinSeconds ? believedS + slackS : doubtS;
  const { result } = await play(context, 'moved', [{ status: 200, body: {} }], () =>
    askAcrossMove(given, copy.pod, moving, patienceS, context),
  );
  return result.followedMs === null
    ? finding('fail', `${patienceS} s after a name got another address: ${result.last}`, meaning)
    : finding('pass', `it called the new address after ${(result.followedMs / 1000).toFixed(1)} s`, meaning);
}

async function askAcrossMove(
  { port, path }: Params,
  pod: string,
  moving: { move(): Promise<void> },
  patienceS: number,
  { kube, namespace, clock, signal }: CheckContext,
): Promise<{ followedMs: number | null; last: string }> {
  const ask = (): ReturnType<typeof askPod> =>
    askPod(kube, { namespace, pod, port, path, signal, timeoutMs: answersWithinMs });
  let answer = await ask();
  await moving.move();
  const movedAtMs = clock.now();
  while (clock.now() - movedAtMs < patienceS * 1000) {
    answer = await ask();
    if (answer.status === 200) return { followedMs: clock.now() - movedAtMs, last: answerOf(answer) };
    await sleep(clock, askEveryMs, signal);
  }
  return { followedMs: null, last: answerOf(answer) };
}

/** A Service of our own that first leads to nobody, and after its move to the stand-in. */
async function nameThatMoves(
  context: CheckContext,
): Promise<AsyncDisposable & { name: string; move(): Promise<void> }> {
  const { kube, namespace, labNamespace, runId } = context;
  const name = `moves-${runId}`;
  const services = collectionPath('v1', 'Service', namespace);
  const service = (spec: object): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { [graderLabel]: runId } },
    spec,
  });
  const remove = (): Promise<void> => kube.delete(`${services}/${name}`);
  context.perturb(`a Service ${name} changed its address`, async () => {
    await remove();
    await forgetScripts(context, ['moved']);
  });
  await kube.create(services, service({ selector: { [graderLabel]: 'nobody' }, ports: [{ port: standInPort }] }));
  return {
    name,
    async move() {
      await remove();
      const externalName = `stand-in.${labNamespace}.svc.cluster.local`;
      await kube.create(services, service({ type: 'ExternalName', externalName }));
    },
    [Symbol.asyncDispose]: remove,
  };
}
