import type { Fault } from './fault.ts';
import { levels, type Level } from './levels.ts';
import type { Scenario } from './scenario.ts';
import { drawn } from './variants.ts';

const criteria: Scenario['criteria'] = [
  { id: 'orders', title: '20 of 20 orders succeed, each in less than 2 seconds', checks: ['orders', 'pod-loss'] },
  { id: 'pods', title: 'All pods are Running and Ready, without a restart', checks: ['pods-healthy', 'readiness'] },
  { id: 'logs', title: "No errors in any service's log", checks: ['logs'] },
  { id: 'traces', title: "Traces show each order's way through all services", checks: ['traces'] },
  { id: 'resources', title: 'CPU stays below half of its limit, memory is stable', checks: ['resources'] },
].map(({ checks, ...criterion }) => ({
  ...criterion,
  points: 5,
  checks: checks.map((kind) => ({ kind, params: {} })),
}));

const minutesEach = { beginner: 8, intermediate: 12, advanced: 20, expert: 30 };

/** A scenario made around some faults: one as a drill, several as a random incident. */
export function scenarioAround(id: string, faults: readonly Fault[]): Scenario {
  const [first] = faults;
  if (!first) throw new Error('a scenario needs a fault');
  const hardest = faults.reduce((level, fault) => harder(level, fault.level), first.level);
  const complaints = faults.map(({ complaint }) => complaint);
  return {
    id,
    title: faults.length === 1 ? first.complaint : `${faults.length} things at once`,
    level: hardest,
    minutes: faults.reduce((sum, { level }) => sum + minutesEach[level], 0),
    start: faults.some(({ start }) => start === 'in-place') ? 'in-place' : 'fresh',
    faults: faults.map((fault) => fault.id),
    story: {
      when: 'A working day, 10:20 AM',
      setting:
        'You are on call for CloudMart, an online shop made of six services: gateway, api-service, auth-service, ' +
        'order-service, database-service and notification-service. All was well a moment ago.',
      alerts: complaints,
      manager: 'Something is not as it was. Could you have a look, please?',
      mission:
        faults.length === 1
          ? 'Find what is wrong, say why, and repair it so that it stays repaired.'
          : `Find the ${faults.length} things that are wrong, say why, and repair each so that it stays repaired.`,
    },
    hints: faults.flatMap(({ hints, complaint }) => hints.map((text) => ({ title: complaint, text, commands: [] }))),
    hintCost: 1,
    criteria,
    debugging: [],
    reflection: ['What told you first?', 'What would have kept this out of production?'],
  };
}

/**
 * Draws faults that can stand together: none that another one's data rules out, and one a component at most. The same
 * catalogue and seed draw the same ones, in the same order.
 * @returns fewer than `count` when no more fit
 */
export function drawFaults(
  faults: readonly Fault[],
  { count, seed, level }: { count: number; seed: string; level: Level },
): Fault[] {
  const rank = new Map(faults.map(({ id }) => [id, drawn(2 ** 32, seed, id)]));
  const shuffled = faults
    .filter((fault) => levels.indexOf(fault.level) <= levels.indexOf(level))
    .toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
  // The two ways to start do not mix, so an incident that begins with the rarer one may stay too small.
  const starts = [...new Set(shuffled.map(({ start }) => start))];
  const incidents = starts.map((start) =>
    compatible(
      shuffled.filter((fault) => fault.start === start),
      count,
    ),
  );
  return incidents.find(({ length }) => length === count) ?? incidents.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

/** The first ones that can stand together. */
function compatible(faults: readonly Fault[], count: number): Fault[] {
  const chosen: Fault[] = [];
  for (const fault of faults) {
    if (chosen.length < count && chosen.every((other) => canStandTogether(fault, other))) chosen.push(fault);
  }
  return chosen;
}

/** Each of them can be seen, proven and judged while the other one is there. */
export function canStandTogether(one: Fault, other: Fault): boolean {
  const ruledOut = one.conflicts.includes(other.id) || other.conflicts.includes(one.id);
  return !ruledOut && one.component !== other.component && one.start === other.start;
}

function harder(one: Level, other: Level): Level {
  return levels.indexOf(one) > levels.indexOf(other) ? one : other;
}
