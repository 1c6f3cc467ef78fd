/** How a call to another service can go wrong, and the status that tells our own caller so honestly. */
const statusOf = { unreachable: 502, failed: 502, invalid: 502, overloaded: 503, resting: 503, timeout: 504 } as const;

export type UpstreamFailure = keyof typeof statusOf;

export class UpstreamError extends Error {
  readonly upstream: string;
  readonly failure: UpstreamFailure;

  constructor(upstream: string, failure: UpstreamFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamError';
    this.upstream = upstream;
    this.failure = failure;
  }

  get status(): number {
    return statusOf[this.failure];
  }
}

/** True when the same call may well succeed a moment later: no answer, a 5xx, or too busy. */
export function isTransient(error: unknown): boolean {
  return error instanceof UpstreamError && error.failure !== 'invalid';
}
