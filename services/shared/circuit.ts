import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import type { ServiceContext } from './context.ts';
import { UpstreamError } from './upstream-error.ts';

const openAfter = 10;
const restMs = 500;

/**
 * Stops calling who has let ten calls in a row wait in vain, so that callers don't pile up behind it; soon afterwards
 * one call may try. An answer, whatever its status, shows that somebody is there; and who refuses at once, as a service
 * that is just starting does, makes nobody wait.
 */
export function createCircuit(service: ServiceContext, name: string): <T>(call: () => Promise<T>) => Promise<T> {
  const isSilence = (error: unknown) => error instanceof UpstreamError && error.failure === 'timeout';
  const circuit = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(openAfter),
  });
  circuit.onBreak(() => {
    service.metrics.circuitOpen.set({ upstream: name }, 1);
    service.logger.warn({ upstream: name }, `${name} does not answer: calls to it rest`);
  });
  circuit.onReset(() => {
    service.metrics.circuitOpen.set({ upstream: name }, 0);
    service.logger.info({ upstream: name }, `${name} answers again`);
  });
  return (call) =>
    circuit.execute(call).catch((error: unknown) => {
      throw error instanceof BrokenCircuitError
        ? new UpstreamError(
            name,
            'resting',
            `calls to ${name} rest, as it has not answered ${openAfter} times in a row`,
          )
        : error;
    });
}
