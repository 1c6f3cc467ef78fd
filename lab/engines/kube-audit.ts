/** The audit.k8s.io/v1 log of a real API server, read into the entries that the embedded engine writes. */
import { z } from 'zod';
import type { AuditEntry } from '../../cluster/cluster.ts';

/** One line, as far as the lab reads it. */
const eventSchema = z.object({
  kind: z.literal('Event'),
  apiVersion: z.string().startsWith('audit.k8s.io/'),
  stage: z.string(),
  requestURI: z.string(),
  verb: z.string(),
  user: z.object({ username: z.string().default('') }),
  userAgent: z.string().default(''),
  objectRef: z.object({
    resource: z.string(),
    apiGroup: z.string().default(''),
    subresource: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string().optional(),
  }),
  responseStatus: z.object({ code: z.number() }),
  /** At the level Request: for a patch its body. */
  requestObject: z.unknown().optional(),
  stageTimestamp: z.iso.datetime(),
});

/** k3s does much with the rights of its administrator. */
const machinery = /^k3s\//;

/** @returns undefined for what is no entry: another stage of a request, the cluster's own doings, a line of something else */
export function auditEntryOf(line: unknown): AuditEntry | undefined {
  const { data: event } = eventSchema.safeParse(line);
  if (!event || event.stage !== tellingStage(event) || machinery.test(event.userAgent)) return undefined;
  const { verb, user, userAgent, objectRef, responseStatus, requestURI, requestObject, stageTimestamp } = event;
  const { apiGroup, resource, subresource, namespace, name } = objectRef;
  return {
    atMs: Date.parse(stageTimestamp),
    user: user.username,
    userAgent,
    verb,
    resource: apiGroup ? `${resource}.${apiGroup}` : resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    code: responseStatus.code,
    ...(isDryRun(requestURI) ? { dryRun: true } : {}),
    ...(verb === 'patch' && requestObject !== undefined ? { patch: requestObject } : {}),
  };
}

const lasting = new Set(['exec', 'attach', 'portforward', 'log']);

/** What lasts is noted when it begins and again when it ends; only its beginning tells when somebody did it. */
function tellingStage({ verb, objectRef }: z.infer<typeof eventSchema>): string {
  return verb === 'watch' || lasting.has(objectRef.subresource ?? '') ? 'ResponseStarted' : 'ResponseComplete';
}

function isDryRun(requestURI: string): boolean {
  return new URLSearchParams(requestURI.split('?')[1] ?? '').getAll('dryRun').includes('All');
}
