import { z } from 'zod';
import { defineCheck, finding, type Meaning, type WindowContext } from '../check.ts';
import { unfinishedRollOut, unrestOf } from '../pod-history.ts';
import type { Finding } from '../verdict.ts';

const meaning: Meaning = {
  expected: 'the same pods, Ready and without a restart, from the first moment of the window to the last',
  why: 'each restart fails the requests that are under way',
  where: 'kubectl get pods and the events of those that restart; kubectl logs --previous',
};

const ofRollOuts: Meaning = {
  expected: 'each roll-out finished: every pod runs what was released last',
  why: 'what was released is not what customers get, and the next release waits behind it',
  where: 'kubectl rollout status and kubectl describe of the Deployment',
};

/** One component's pods hold. */
export const podsStable = defineCheck<{ deployment: string }>({
  phase: 'after',
  params: z.strictObject({ deployment: z.string() }),
  run: ({ deployment }, context) => Promise.resolve(judgePods([deployment], context)),
});

/** The pods of the whole shop hold. */
export const podsHealthy = defineCheck<Record<string, never>>({
  phase: 'after',
  params: z.strictObject({}),
  run: (_, context) =>
    Promise.resolve(
      judgePods(
        context.baseline.deployments.map(({ name }) => name),
        context,
      ),
    ),
});

export function judgePods(
  deployments: readonly string[],
  { baseline, state, window }: Pick<WindowContext, 'baseline' | 'state' | 'window'>,
): Finding {
  const rollOuts = deployments.flatMap((name) => unfinishedRollOut(name, state));
  const unrest = deployments.flatMap((name) => {
    const replicas = baseline.deployments.find((deployment) => deployment.name === name)?.replicas ?? 1;
    return unrestOf(name, replicas, state, window);
  });
  if (rollOuts.length + unrest.length > 0) {
    return finding('fail', [...rollOuts, ...unrest].join('; '), unrest.length > 0 ? meaning : ofRollOuts);
  }
  if (window.problem || window.samples.length < 2) {
    return finding(
      'undetermined',
      `the pods could not be watched all the time: ${window.problem ?? 'too few looks'}`,
      meaning,
    );
  }
  const seconds = Math.round((window.endedAtMs - window.startedAtMs) / 1000);
  return finding('pass', `nothing happened to the pods in ${seconds} s`, meaning);
}
