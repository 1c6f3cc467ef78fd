import { containerStatusesOf } from '../../objects/container-statuses.ts';
import type { Pod } from '../../objects/types.ts';
import { badRequest, notFound } from '../../objects/status-error.ts';
import { chooseContainer } from '../container-choice.ts';

export interface StreamTarget {
  verb: 'exec' | 'attach' | 'portforward';
  namespace: string;
  name: string;
  query: URLSearchParams;
}

/** What an exec or attach asks for. */
export interface SessionRequest {
  verb: 'exec' | 'attach';
  container: string;
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/**
 * The pod of a request, when something can run in it.
 * @throws StatusError 404 or 400
 */
export function podOf(target: StreamTarget, findPod: (namespace: string, name: string) => Pod | undefined): Pod {
  const pod = findPod(target.namespace, target.name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, target.name);
  if (!pod.spec?.nodeName) throw badRequest(`pod ${target.name} does not have a host assigned`);
  return pod;
}

/** @throws StatusError or KubeletRefusal: both refuse before they upgrade */
export function sessionRequest(target: StreamTarget & { verb: 'exec' | 'attach' }, pod: Pod): SessionRequest {
  const { verb, query } = target;
  const flag = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const tty = flag('tty');
  const request = {
    verb,
    container: chooseContainer(pod, query.get('container') ?? ''),
    command: query.getAll('command'),
    stdin: flag('stdin'),
    stdout: flag('stdout'),
    // A terminal has one output.
    stderr: flag('stderr') && !tty,
    tty,
  };
  if (!request.stdin && !request.stdout && !request.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  if (verb === 'exec' && request.command.length === 0) throw badRequest('you must specify at least 1 command');
  const isRunning = containerStatusesOf(pod).some(({ name, state }) => name === request.container && state?.running);
  if (!isRunning) throw notRunning(verb, pod, request.container);
  return request;
}

/** Refused by the kubelet, whose plain text the API server hands on as it is; kubectl puts its own words in front. */
export class KubeletRefusal extends Error {}

function notRunning(verb: 'exec' | 'attach', { metadata }: Pod, container: string): KubeletRefusal {
  if (verb === 'exec') return new KubeletRefusal(`container not found ("${container}")`);
  return new KubeletRefusal(`container ${container} not found in pod ${metadata.name}_${metadata.namespace}`);
}
