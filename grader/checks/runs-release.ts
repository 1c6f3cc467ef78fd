import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { answerOf, askPod } from '../proxy.ts';
import { isReady, podsOf } from '../state.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({
  deployment: z.string(),
  port: z.int(),
  /** The oldest version that will do, such as `1.0.0`. */
  release: z.string().regex(/^\d+(\.\d+){0,2}$/),
});
type Params = z.infer<typeof params>;

/** Each ready pod runs the release, or a later one, by its own account. */
export const runsRelease = defineCheck<Params>({ phase: 'after', params, run });

async function run({ deployment, port, release }: Params, context: CheckContext): Promise<Finding> {
  const { kube, namespace, signal, state } = context;
  const meaning: Meaning = {
    expected: `each pod of ${deployment} says that it is ${release} or later`,
    why: 'what was released helps nobody until it runs',
    where: `what ${deployment} says of itself: GET /version, and the label version of its metrics`,
  };
  const pods = podsOf(state, deployment).filter(isReady);
  if (pods.length === 0) return finding('fail', `${deployment} has no pod that is ready`, meaning);
  for (const { metadata } of pods) {
    const answer = await askPod(kube, { namespace, pod: metadata.name, port, path: '/version', signal });
    const { version } = answer.json<{ version?: string }>();
    if (version === undefined) return finding('fail', `${metadata.name} to GET /version: ${answerOf(answer)}`, meaning);
    if (!isAtLeast(version, release)) return finding('fail', `${metadata.name} says that it is ${version}`, meaning);
  }
  return finding('pass', `each of ${pods.length} says that it is ${release} or later`, meaning);
}

/** Compares by number; a version that has none, such as `dev`, is no release. */
export function isAtLeast(version: string, wanted: string): boolean {
  const numbers = (text: string): number[] => text.replace(/^v/, '').split(/[-+]/)[0]!.split('.').map(Number);
  const [has, needs] = [numbers(version), numbers(wanted)];
  if (has.some(Number.isNaN)) return false;
  for (let index = 0; index < Math.max(has.length, needs.length); index++) {
    const ahead = (has[index] ?? 0) - (needs[index] ?? 0);
    if (ahead !== 0) return ahead > 0;
  }
  return true;
}
