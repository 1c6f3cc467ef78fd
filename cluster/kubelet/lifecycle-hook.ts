import type { Container } from '../objects/types.ts';
import { httpGet } from './http-get.ts';
import type { PodHandle } from './pod-handle.ts';
import { type Clock, sleep } from '../../lib/clock.ts';

type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

/** Runs a postStart or preStop hook. @throws Error that says why the hook failed */
export async function runHook(
  handler: Handler,
  container: Container,
  given: { pod: PodHandle; clock: Clock; signal: AbortSignal },
): Promise<void> {
  const { pod, clock, signal } = given;
  if (handler.sleep) return sleep(clock, handler.sleep.seconds * 1000, signal);
  if (handler.exec) {
    const command = handler.exec.command ?? [];
    const { exitCode, output } = await pod.exec(container.name, command, signal);
    if (exitCode === 0) return;
    throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output.toString('utf8')}`);
  }
  if (handler.httpGet) {
    const answer = await httpGet(handler.httpGet, container, pod, signal);
    if ('failure' in answer) throw new Error(answer.failure);
  }
}
