import { headerNameProblems, portNameProblems, portNumberProblems } from '../names.ts';
import type { Container, Probe } from '../types.ts';
import { forbiddenField, invalidValue, nonNegative, oneOf, problemsAt, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: { seconds: number } };

export function validateProbes(field: string, container: Container): FieldError[] {
  return PROBES.flatMap((name) => {
    const probe = container[name];
    if (!probe) return [];
    const at = `${field}.${name}`;
    const errors = validateHandler(at, probe);
    for (const number of NUMBERS) errors.push(...nonNegative(`${at}.${number}`, probe[number]));
    const grace = probe.terminationGracePeriodSeconds;
    const graceField = `${at}.terminationGracePeriodSeconds`;
    if (grace !== undefined && grace <= 0) errors.push(invalidValue(graceField, grace, 'must be greater than 0'));
    // Only readiness may ask for several successes in a row, as the other two act on the first; and it ends nothing.
    if (name === 'readinessProbe') {
      if (grace !== undefined) errors.push(invalidValue(graceField, grace, 'must not be set for readinessProbes'));
    } else if (probe.successThreshold !== 1) {
      errors.push(invalidValue(`${at}.successThreshold`, probe.successThreshold, 'must be 1'));
    }
    return errors;
  });
}

export function validateLifecycle(
  field: string,
  { lifecycle }: Container,
  graceSeconds: number | undefined,
): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle?.[hook];
    return handler ? validateHandler(`${field}.${hook}`, handler, graceSeconds) : [];
  });
}

/** In the order in which a server looks for them: the first one is taken for meant, each further one is refused. */
const handlers: { [Kind in keyof Handler]-?: (field: string, handler: NonNullable<Handler[Kind]>) => FieldError[] } = {
  exec: (field, { command }) => (command?.length ? [] : [requiredValue(`${field}.command`)]),
  httpGet: (field, { path, port, scheme, httpHeaders = [] }) => [
    ...(path ? [] : [requiredValue(`${field}.path`)]),
    ...validatePort(`${field}.port`, port),
    ...oneOf(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']),
    ...httpHeaders.flatMap(({ name }) => problemsAt(`${field}.httpHeaders`, name, headerNameProblems(name))),
  ],
  tcpSocket: (field, { port }) => validatePort(`${field}.port`, port),
  grpc: (field, { port }) => validatePort(`${field}.port`, port),
  sleep: () => [],
};

function validateHandler(field: string, handler: Handler, graceSeconds?: number): FieldError[] {
  const given = (Object.keys(handlers) as (keyof Handler)[]).filter((kind) => handler[kind] !== undefined);
  if (given.length === 0) return [requiredValue(field, 'must specify a handler type')];
  const errors = given.flatMap((kind, place) => {
    if (place > 0) return [forbiddenField(`${field}.${kind}`, 'may not specify more than 1 handler type')];
    const check = handlers[kind] as (at: string, value: unknown) => FieldError[];
    return check(`${field}.${kind}`, handler[kind]);
  });
  const { seconds = 0 } = handler.sleep ?? {};
  if (given[0] === 'sleep' && graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds)) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
    errors.push(invalidValue(`${field}.sleep`, seconds, rule));
  }
  return errors;
}

/** Checks a port that may be a number or the name of a container's port. */
export function validatePort(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === 'string') return problemsAt(field, port, portNameProblems(port));
  return problemsAt(field, port ?? 0, portNumberProblems(port ?? 0));
}
