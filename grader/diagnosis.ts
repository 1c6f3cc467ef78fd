import type { PlannedIssue } from './grading-plan.ts';
import type { Diagnosis } from './verdict.ts';

/** What a trainee says is wrong. Only component and kind are judged; the rest is for the instructor to read. */
export interface Diagnosed {
  component: string;
  kind: string;
  atMs: number;
}

const pointsFor = { component: 1, kind: 2 };

/** Words that people use for a kind of fault, whichever fault it is. */
const kindWords: Record<string, readonly string[]> = {
  configuration: [
    'config',
    'configuration',
    'environment',
    'env',
    'environment variable',
    'setting',
    'misconfiguration',
  ],
  image: ['image', 'image tag', 'tag', 'registry', 'container image'],
  dependency: ['dependency', 'dns', 'service discovery', 'host name', 'url', 'address'],
  probe: ['probe', 'liveness', 'health check', 'healthcheck', 'liveness probe', 'readiness'],
  networking: ['network', 'networking', 'selector', 'label', 'labels', 'service', 'endpoints', 'routing'],
  resources: ['resources', 'resource', 'memory', 'limits', 'memory limit', 'oom', 'oomkilled', 'out of memory'],
  code: ['code', 'bug', 'software', 'application', 'retry', 'retries', 'logic'],
  chaos: ['chaos', 'fault injection', 'chaos engineering', 'injected failure'],
};

/**
 * Scores what was diagnosed, apart from what was repaired: a point for the component, two for the kind of fault in it.
 * Each finding counts for one issue. What was found after a grading had shown the answer counts for none. More
 * findings than issues are guesses: each one beyond costs a point.
 * @param answeredAtMs when a grading first showed an issue's cause, by the issue's id
 */
export function scoreDiagnosis(
  issues: readonly PlannedIssue[],
  findings: readonly Diagnosed[],
  answeredAtMs: ReadonlyMap<string, number>,
): Diagnosis {
  const components = new Set(issues.map(({ answer }) => plain(answer.component)));
  const matches = issues.flatMap((issue, index) =>
    findings.map((finding) => ({ index, finding, ...match(issue, finding, components, answeredAtMs) })),
  );
  const best = matches.filter(({ worth }) => worth > 0).toSorted((one, other) => other.worth - one.worth);
  const taken = new Map<number, (typeof best)[number]>();
  const used = new Set<Diagnosed>();
  for (const candidate of best) {
    const holder = taken.get(candidate.index);
    if (used.has(candidate.finding) || (holder && !(holder.late && !candidate.late))) continue;
    taken.set(candidate.index, candidate);
    used.add(candidate.finding);
  }
  const judged = issues.map((_, index) => {
    const { component = false, kind = false, late = false, worth = 0 } = taken.get(index) ?? {};
    return { number: index + 1, component, kind, late, points: late ? 0 : worth };
  });
  const guesses = Math.max(0, findings.length - issues.length);
  const earned = judged.reduce((sum, { points }) => sum + points, 0);
  return {
    points: Math.max(0, earned - guesses),
    maxPoints: issues.length * (pointsFor.component + pointsFor.kind),
    findings: findings.length,
    issues: judged,
  };
}

/** The kind counts only in the right component. */
function match(
  { id, answer }: PlannedIssue,
  finding: Diagnosed,
  components: ReadonlySet<string>,
  answeredAtMs: ReadonlyMap<string, number>,
): { component: boolean; kind: boolean; late: boolean; worth: number } {
  const component = plain(finding.component) === plain(answer.component);
  const kind = component && isKind(finding.kind, answer, components);
  const late = finding.atMs >= (answeredAtMs.get(id) ?? Infinity);
  const worth = (component ? pointsFor.component : 0) + (kind ? pointsFor.kind : 0);
  return { component, kind, late, worth };
}

function isKind(said: string, { kind, synonyms }: PlannedIssue['answer'], components: ReadonlySet<string>): boolean {
  // A component's name among the synonyms says where, not what.
  const own = synonyms.map(plain).filter((word) => !components.has(word));
  return [kind, ...(kindWords[kind] ?? []).map(plain), ...own].includes(plain(said));
}

/** `Order-Service`, `order service` and `order` are the same component; `back-off` and `backoff` the same word. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .replace(/(?<=.)service$/, '');
}
