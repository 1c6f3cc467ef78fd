import type { Server } from 'node:http';
import type { ServiceContext } from './context.ts';

const noticeMs = 500;
const sweepMs = 50;
const drainMs = 10_000;
const flushMs = 2_000;

/**
 * Goodbye in order: say not ready, answer for a moment longer (callers learn of it late), finish what was begun, close.
 * @param close releases what the service holds, once no request is left
 */
export async function drain(service: ServiceContext, server: Server, close: () => Promise<void>): Promise<void> {
  service.draining = true;
  await pause(noticeMs);
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A kept-alive connection stays open after its last answer, so idle ones are swept until none is left.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  await Promise.race([closed, pause(drainMs)]);
  clearInterval(sweep);
  server.closeAllConnections();
  await Promise.race([close(), pause(flushMs)]);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });
}
