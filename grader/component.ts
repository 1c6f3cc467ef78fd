import type { CheckContext } from './check.ts';
import { askPod, type ComponentAnswer, type ComponentQuestion } from './proxy.ts';
import { deploymentOf, isReady, mainContainer, podsOf, podWord, statusOf, type Pod, type State } from './state.ts';

/** A pod of the Deployment that can be asked, or why there is none. */
export function pickPod(state: State, deployment: string): { pod: Pod } | { problem: string } {
  const found = deploymentOf(state, deployment);
  if (!found) return { problem: `there is no Deployment ${deployment}` };
  const pods = podsOf(state, deployment);
  if (pods.length === 0) return { problem: `${deployment} has no pods (replicas: ${found.spec.replicas ?? 1})` };
  const pod = pods.find(isReady) ?? pods.find((candidate) => isRunning(candidate, deployment));
  return pod ? { pod } : { problem: `${deployment} does not run: ${[...new Set(pods.map(podWord))].join(', ')}` };
}

function isRunning(pod: Pod, deployment: string): boolean {
  const container = mainContainer(pod.spec, deployment);
  return container !== undefined && statusOf(pod, container.name)?.state?.running !== undefined;
}

/** Enough for a component that fails every other request to show that it is there: one in 256 is missed. */
const maxTries = 8;
/** Further tries are not begun after this. */
const patienceMs = 6_000;

/**
 * Asks until the answer is as wanted, a few times at most: whether a component is there is one question, whether
 * it is reliable another.
 */
export async function askUntil(
  context: CheckContext,
  target: { pod: string; port: number } & ComponentQuestion,
  isWanted: (answer: ComponentAnswer) => boolean,
): Promise<ComponentAnswer> {
  const { kube, namespace, clock, signal } = context;
  const deadline = clock.now() + patienceMs;
  for (let tried = 1; ; tried++) {
    const answer = await askPod(kube, { namespace, signal, ...target });
    if (isWanted(answer) || answer.problem || tried >= maxTries || clock.now() >= deadline) return answer;
  }
}
