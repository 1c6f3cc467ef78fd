/** The API server's refusal, as its Status body says it. */
export class KubeError extends Error {
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, … ; empty when the answer was no Status. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
  }
}

/** The cluster could not be asked at all: nobody listens, the name does not resolve, or time ran out. */
export class KubeUnreachable extends Error {
  constructor(server: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause);
    super(`the cluster at ${server} does not answer: ${why}`, { cause });
    this.name = 'KubeUnreachable';
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** Somebody else wrote the object since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.reason === 'Conflict';
}
