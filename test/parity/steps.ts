/**
 * Where each pod of a case was at a moment: `ready status restarts`. A pod that restarts or pulls again goes through the
 * same steps in both runs, but jitter moves them, so a command may meet another step than the recorded one did. That
 * excuses a difference only where it is so: the two watches tell.
 */
import { parsePodRow } from './watch.ts';

interface Step {
  atSeconds: number;
  state: string;
  restarts: number;
}

/** The steps of each pod, named by its workload and the order in which it came. */
export type Steps = ReadonlyMap<string, readonly Step[]>;

const podSuffix = /(-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** @param watch what `get pods -w` printed, with the seconds since apply in front of each line */
export function readSteps(watch: string): Steps {
  const byPod = new Map<string, Step[]>();
  for (const line of watch.split('\n')) {
    const [, seconds, rest = ''] = /^ *(-?\d+\.\d) (.*)$/.exec(line) ?? [];
    const row = parsePodRow(rest);
    if (!row || rest.startsWith('DELETED')) continue;
    const { name, ready, status, restarts } = row;
    const steps = byPod.get(name) ?? [];
    const state = `${ready} ${status}`;
    const last = steps.at(-1);
    if (last?.state !== state || last.restarts !== restarts) {
      steps.push({ atSeconds: Number(seconds), state, restarts });
    }
    byPod.set(name, steps);
  }
  return numbered(byPod);
}

function numbered(byPod: ReadonlyMap<string, readonly Step[]>): Steps {
  const named = new Map<string, readonly Step[]>();
  for (const [name, steps] of byPod) {
    const workload = name.replace(podSuffix, '');
    let number = 1;
    while (named.has(`${workload} #${number}`)) number++;
    named.set(`${workload} #${number}`, steps);
  }
  return named;
}

export interface Window {
  from: number;
  to: number;
}

/**
 * Whether some pod was at another step when the command ran than when it was recorded, while both went through the
 * recorded one at about the same time. False: they were in the same place, and what differs has another cause.
 */
export function wereApart(recorded: Steps, at: Window, replayed: Steps, asked: Window): boolean {
  let isApart = false;
  for (const [pod, steps] of recorded) {
    const wanted = within(steps, at);
    const others = replayed.get(pod) ?? [];
    if (!wanted.every((step) => showed(others, step, at))) return false;
    const met = within(others, asked);
    const [first] = wanted;
    const isSame = wanted.length === 1 && met.length === 1 && first && met[0] && isEqual(first, met[0]);
    if (!isSame && wanted.length + met.length > 0) isApart = true;
  }
  return isApart;
}

/** The step at the window's begin and all that came in it. */
function within(steps: readonly Step[], { from, to }: Window): Step[] {
  const current = steps.findLast(({ atSeconds }) => atSeconds <= from);
  const coming = steps.filter(({ atSeconds }) => atSeconds > from && atSeconds <= to);
  return current ? [current, ...coming] : coming;
}

/** Whether the same step was there at about that time; jitter may have made it one restart more or less. */
function showed(steps: readonly Step[], wanted: Step, { from, to }: Window): boolean {
  const slack = Math.max(8, 0.5 * from);
  const around = within(steps, { from: from - slack, to: to + slack });
  return around.some(({ state, restarts }) => state === wanted.state && Math.abs(restarts - wanted.restarts) <= 1);
}

function isEqual(a: Step, b: Step): boolean {
  return a.state === b.state && a.restarts === b.restarts;
}
