import { canStandTogether } from '../../scenarios/drill.ts';
import type { Fault } from '../../scenarios/fault.ts';
import { drawn } from '../../scenarios/variants.ts';

/**
 * Puts faults into company that they can be judged in, as a random incident would: none that rules another one out, one
 * a component at most, and none whose repairs or checks need another one's component. The same seed makes the same
 * companies. The hardest to please choose first, and each joins whom it costs least, so that the rounds are few.
 * @param size of a company at most; with 1 each fault is alone, in the order given
 * @param rounds how many a company is played in
 */
export function inCompany(
  faults: readonly Fault[],
  { size, seed, rounds }: { size: number; seed: string; rounds: (company: readonly Fault[]) => number },
): Fault[][] {
  if (size === 1) return faults.map((fault) => [fault]);
  const foes = new Map(faults.map((one) => [one, faults.filter((other) => !canBePlayedTogether(one, other)).length]));
  const hardness = (fault: Fault): number => foes.get(fault) ?? 0;
  const rank = (fault: Fault): number => drawn(2 ** 32, seed, fault.id);
  const companies: Fault[][] = [];
  for (const fault of faults.toSorted((a, b) => hardness(b) - hardness(a) || rank(a) - rank(b))) {
    const added = (company: readonly Fault[]): number => rounds([...company, fault]) - rounds(company);
    const [best] = companies
      .filter((others) => others.length < size && others.every((other) => canBePlayedTogether(other, fault)))
      .toSorted((a, b) => added(a) - added(b));
    if (best) best.push(fault);
    else companies.push([fault]);
  }
  return companies;
}

function canBePlayedTogether(one: Fault, other: Fault): boolean {
  return canStandTogether(one, other) && !dependsOn(one, other.component) && !dependsOn(other, one.component);
}

/** A repair of it waits for that component's roll-out, or a check of it asks that component. */
function dependsOn({ solutions, wrongFixes, checks }: Fault, component: string): boolean {
  const steps = [...solutions, ...wrongFixes].flatMap((repair) => repair.steps);
  const waits = steps.some((step) => 'kubectl' in step && step.kubectl.includes(`deployment/${component}`));
  const asked = JSON.stringify(checks);
  // What is asked through the shop ends at the database.
  return waits || asked.includes(`"${component}"`) || (asked.includes('"through"') && component === 'database-service');
}
