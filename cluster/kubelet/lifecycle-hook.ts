import type { Container, Pod } from '../objects/types.ts';
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
    const text = output.toString('utf8');
    throw new Error(
      `command '${command.join(' ')}' exited with ${exitCode}: ${text}, message: ${JSON.stringify(text)}`,
    );
  }
  if (handler.httpGet) {
    const answer = await httpGet(handler.httpGet, container, pod, signal);
    if ('failure' in answer) throw new Error(answer.failure);
  }
}

/** What the status says of a container whose postStart hook has failed. Pure. */
export function hookFailure(pod: Pod, container: Container, hook: Handler, why: string): string {
  const { name, namespace, uid } = pod.metadata;
  const what = hook.exec
    ? `Exec lifecycle hook ([${(hook.exec.command ?? []).join(' ')}])`
    : hook.httpGet
      ? `HTTP lifecycle hook (${hook.httpGet.path ?? '/'})`
      : `Sleep lifecycle hook (${hook.sleep?.seconds ?? 0})`;
  return `${what} for Container "${container.name}" in Pod "${name}_${namespace}(${uid})" failed - error: ${why}`;
}
