import { z } from 'zod';
import { connectKube } from '../../lib/kube/kube.ts';
import type { RunningEngine } from '../engines/engine.ts';
import type { LabFolder } from '../lab-folder.ts';
import { jsonLines } from './json-lines.ts';
import { readKubeTrail } from './kube-trail.ts';
import { readObjectTrail } from './object-trail.ts';
import type { SessionRecord } from './session-record.ts';

/** One line of the audit trail, as far as the lab reads it. */
const lineSchema = z.object({
  atMs: z.number(),
  userAgent: z.string(),
  verb: z.string(),
  resource: z.string(),
  subresource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  code: z.number(),
  dryRun: z.boolean().optional(),
  patch: z.unknown().optional(),
});
export type TrailEntry = z.infer<typeof lineSchema>;

/** Of a trail that is longer, the newest are kept. */
const maxEntries = 5_000;

/**
 * What people did to the cluster, from the audit trail. The lab's own requests carry no name of a program. Lines that
 * are cut or not the engine's are passed over.
 * @param sinceMs earlier entries belong to the lab's own start
 */
export async function readTrail(path: string, sinceMs: number): Promise<TrailEntry[]> {
  const entries: TrailEntry[] = [];
  for await (const line of jsonLines(path)) {
    const { data: entry } = lineSchema.safeParse(line);
    if (!entry || entry.atMs < sinceMs || entry.userAgent === '') continue;
    entries.push(entry);
    if (entries.length > maxEntries) entries.shift();
  }
  return entries;
}

/** Where it is known from what people did: a record of requests, or what the objects themselves keep. */
export type TrailSource = 'audit' | 'objects';

/** The trail of a lab, whichever engine it runs on. */
export async function readLabTrail(
  { auditLog, kubeAudit }: Pick<LabFolder, 'auditLog' | 'kubeAudit'>,
  { session, engine }: { session: Pick<SessionRecord, 'namespace' | 'handedOverAt'>; engine: RunningEngine },
): Promise<{ trail: TrailEntry[]; source: TrailSource }> {
  const sinceMs = Date.parse(session.handedOverAt);
  if (engine.name === 'embedded') return { trail: await readTrail(auditLog, sinceMs), source: 'audit' };
  const recorded = engine.name === 'k3d' ? await readKubeTrail(kubeAudit, { sinceMs, maxEntries }) : undefined;
  if (recorded) return { trail: recorded, source: 'audit' };
  await using kube = await connectKube({ kubeconfigPath: engine.kubeconfigPath });
  return { trail: await readObjectTrail(kube, session.namespace, sinceMs), source: 'objects' };
}

const acting = new Set(['exec', 'attach', 'portforward']);
const looking = new Set(['get', 'list', 'watch']);

/** Whether something was really changed; otherwise somebody only looked. */
export function isChange({ code, dryRun, subresource, verb }: TrailEntry): boolean {
  return !looking.has(verb) && code >= 200 && code < 300 && !dryRun && !acting.has(subresource ?? '');
}

/** `kubectl rollout undo` puts an earlier revision's whole template in place, and nothing else does. */
export function isRollBack({ resource, patch }: TrailEntry): boolean {
  if (resource !== 'deployments.apps' || !Array.isArray(patch)) return false;
  return patch.some(
    (step: { op?: unknown; path?: unknown }) => step.op === 'replace' && step.path === '/spec/template',
  );
}

/** The component that an entry is about: workloads and Services bear its name. */
export function componentOf({ resource, name }: TrailEntry): string | undefined {
  return resource === 'deployments.apps' || resource === 'services' ? name : undefined;
}

const maxLeaves = 4;

/** What an entry did, in a line: `patch deployments.apps/gateway: spec.replicas=0`. */
export function describeEntry(entry: TrailEntry): string {
  const { verb, resource, subresource, name, code, patch, dryRun } = entry;
  const target = `${resource}${name ? `/${name}` : ''}`;
  if (isRollBack(entry) && isChange(entry)) return `roll back ${target}`;
  // What is in a Secret is nobody's business, and least of all a report's.
  const leaves = resource === 'secrets' ? [] : leavesOf(patch);
  const more = leaves.length > maxLeaves ? `, and ${leaves.length - maxLeaves} more` : '';
  const what = leaves.length > 0 ? `: ${leaves.slice(0, maxLeaves).join(', ')}${more}` : '';
  const refused = code >= 400 ? ` (refused, ${code})` : '';
  return `${subresource ?? verb} ${target}${what}${dryRun ? ' (dry run)' : ''}${refused}`;
}

/** Things that kubectl notes for itself. */
const bookkeeping = /last-applied-configuration|\$setElementOrder/;

function leavesOf(value: unknown, path = '', depth = 0): string[] {
  if (bookkeeping.test(path) || value === undefined) return [];
  if (typeof value !== 'object' || value === null || depth > 12) return [`${path}=${short(value)}`];
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, `${path}${labelOf(item)}`, depth + 1));
  return Object.entries(value)
    .filter(([key]) => key !== 'name' || !path.endsWith(']'))
    .flatMap(([key, inner]) => leavesOf(inner, path ? `${path}.${key}` : key, depth + 1));
}

function labelOf(item: unknown): string {
  const name = (item as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? `[${name}]` : '[]';
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
