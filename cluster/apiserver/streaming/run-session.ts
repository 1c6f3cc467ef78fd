import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { StatusError, internalError } from '../../objects/status-error.ts';
import type { Pod } from '../../objects/types.ts';
import type { NodeProxy, SessionStreams } from '../node-proxy.ts';
import type { SessionRequest } from './session-request.ts';

/** The streams of one exec or attach, whatever carries them. */
export interface SessionChannels extends SessionStreams {
  /** Sends the final status, when all output has been sent, and closes. */
  finish(status: object): void;
}

/** Runs the session to its end and reports how it went. Never rejects. */
export async function runSession(
  proxy: NodeProxy,
  pod: Pod,
  request: SessionRequest,
  channels: SessionChannels,
): Promise<void> {
  const { container, command, tty } = request;
  let status: object;
  try {
    const { exitCode } = await proxy[request.verb](pod, { container, command, tty }, channels);
    status = exitStatus(exitCode);
  } catch (error) {
    status = error instanceof StatusError ? error.status : internalError((error as Error).message).status;
  }
  await Promise.all([flush(channels.stdout), flush(channels.stderr)]);
  channels.finish(status);
}

/** The status from which kubectl takes its own exit code. */
function exitStatus(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

async function flush(stream: Writable | undefined): Promise<void> {
  if (!stream) return;
  stream.end();
  // A client that has gone does not matter any more.
  await finished(stream, { readable: false }).catch(() => {});
}
