import { ExponentialBackoff, halfJitterGenerator, handleWhen, retry } from 'cockatiel';
import { isTransient } from '../shared/upstream-error.ts';

const maxRetries = 3;

/**
 * A dependency that stumbles gets a pause before the next try, twice as long each time: 50–100 ms, 100–200 ms,
 * 200–400 ms, then we give up. The jitter keeps many callers from coming back in the same instant, and the pauses
 * leave an overloaded dependency the air to recover.
 */
const policy = retry(handleWhen(isTransient), {
  maxAttempts: maxRetries,
  backoff: new ExponentialBackoff({
    initialDelay: 100,
    maxDelay: 1_000,
    generator: halfJitterGenerator,
  }),
});

/**
 * Calls until it succeeds, the failure is one that trying again cannot cure, or the tries are used up.
 * `call` must be safe to repeat and must bound each try itself.
 * @throws what the last try threw
 */
export function retrying<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return policy.execute(({ signal }) => call(signal));
}
