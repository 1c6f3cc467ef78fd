import { portNameProblems, portNumberProblems } from '../names.ts';
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

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: unknown };

export function validateProbes(field: string, container: Container): FieldError[] {
  return PROBES.flatMap((name) => {
    const probe = container[name];
    if (!probe) return [];
    const at = `${field}.${name}`;
    const errors = validateHandler(at, probe);
    for (const number of NUMBERS) errors.push(...nonNegative(`${at}.${number}`, probe[number]));
    // Only readiness may ask for several successes in a row: the other two act on the first.
    if (name !== 'readinessProbe' && probe.successThreshold !== 1) {
      errors.push(invalidValue(`${at}.successThreshold`, probe.successThreshold, 'must be 1'));
    }
    return errors;
  });
}

export function validateLifecycle(field: string, { lifecycle }: Container): FieldError[] {
  const errors: FieldError[] = [];
  if (lifecycle?.postStart) errors.push(...validateHandler(`${field}.postStart`, lifecycle.postStart));
  if (lifecycle?.preStop) errors.push(...validateHandler(`${field}.preStop`, lifecycle.preStop));
  return errors;
}

function validateHandler(field: string, { exec, httpGet, tcpSocket, grpc, sleep }: Handler): FieldError[] {
  const handlers = [exec, httpGet, tcpSocket, grpc, sleep].filter((handler) => handler !== undefined);
  if (handlers.length === 0) return [requiredValue(field, 'must specify a handler type')];
  if (handlers.length > 1) return [forbiddenField(field, 'may not specify more than 1 handler type')];
  if (exec) return exec.command?.length ? [] : [requiredValue(`${field}.exec.command`)];
  if (httpGet) {
    return [
      ...validatePort(`${field}.httpGet.port`, httpGet.port),
      ...oneOf(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']),
    ];
  }
  if (tcpSocket) return validatePort(`${field}.tcpSocket.port`, tcpSocket.port);
  return grpc ? validatePort(`${field}.grpc.port`, grpc.port) : [];
}

/** Checks a port that may be a number or the name of a container's port. */
export function validatePort(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === 'string') return problemsAt(field, port, portNameProblems(port));
  return problemsAt(field, port ?? 0, portNumberProblems(port ?? 0));
}
