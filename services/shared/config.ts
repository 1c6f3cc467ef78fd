import * as v from 'valibot';
import { faultVariables } from './faults/index.ts';

/** Environment variables by name; every schema reads the string that the environment holds, or its absence. */
export type Variables = Record<string, v.GenericSchema<string | undefined, unknown>>;
export type ConfigOf<Own extends Variables> = v.InferOutput<v.ObjectSchema<Own, undefined>>;

const wholeNumber = /^\d{1,9}$/;

/** A variable that must be there; `what` tells the reader of the log what belongs into it. */
export function text(what: string, pattern: RegExp = /^\S+$/) {
  return v.pipe(v.string(`is not set. It is ${what}`), v.regex(pattern, `is not ${what}`));
}

export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

export function url(what: string) {
  return v.pipe(
    v.string(`is not set. It is ${what}`),
    v.check(isHttpUrl, `is not ${what}: a URL such as http://name:8080`),
  );
}

export function integer(min: number, max: number, fallback: number) {
  const message = `is not a whole number from ${min} to ${max}`;
  return v.optional(
    v.pipe(v.string(), v.regex(wholeNumber, message), v.toNumber(), v.minValue(min, message), v.maxValue(max, message)),
    String(fallback),
  );
}

export function decimal(min: number, max: number, fallback: number) {
  const message = `is not a number from ${min} to ${max}`;
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d+(\.\d+)?$/, message),
      v.toNumber(),
      v.minValue(min, message),
      v.maxValue(max, message),
    ),
    String(fallback),
  );
}

/** What every service reads. */
export const commonVariables = {
  PORT: integer(1, 65_535, 8080),
  LOG_LEVEL: v.optional(
    v.picklist(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'is not one of trace, debug, info, warn, error, fatal, silent',
    ),
    'info',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(url('the address of the trace collector'), 'http://localhost:4318'),
  /** For so long the address of another service is believed. 0: it is asked for before each connection. */
  UPSTREAM_DNS_SECONDS: integer(0, 999_999_999, 5),
  /** A connection to another service gets no older than this, so that new replicas get their share. 0: any age. */
  UPSTREAM_CONNECTION_SECONDS: integer(0, 86_400, 10),
  SERVICE_VERSION: v.optional(v.string(), 'dev'),
  SERVICE_COMMIT: v.optional(v.string(), 'unknown'),
  ...faultVariables,
} satisfies Variables;

export type CommonConfig = ConfigOf<typeof commonVariables>;

/** The environment does not say what the service needs; `problems` has one sentence for each wrong variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment is incomplete or wrong: ${problems.join('; ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads all variables at once, so that one start tells everything that is wrong. An empty variable counts as not set.
 * @throws ConfigError
 */
export function readConfig<Own extends Variables>(own: Own, env: NodeJS.ProcessEnv): ConfigOf<Own> & CommonConfig {
  const variables = { ...commonVariables, ...own };
  const raw = Object.fromEntries(Object.keys(variables).map((name) => [name, env[name] || undefined]));
  const result = v.safeParse(v.object(variables), raw);
  if (!result.success) {
    const messages = new Map<string, string>();
    for (const issue of result.issues) {
      const name = v.getDotPath(issue) ?? '';
      const value = raw[name];
      if (!messages.has(name)) {
        messages.set(name, `${name}${value === undefined ? '' : ` (${JSON.stringify(value)})`} ${issue.message}`);
      }
    }
    throw new ConfigError([...messages.values()]);
  }
  return result.output as ConfigOf<Own> & CommonConfig;
}
