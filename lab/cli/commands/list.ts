import { loadCatalogue } from '../../../scenarios/catalogue.ts';
import { levels, levelTitle } from '../../../scenarios/levels.ts';
import { project } from '../../project.ts';
import { print, printJson, type Invocation } from '../invocation.ts';

/** Scenarios, and the faults that are drilled alone, the easy ones first. */
export async function list({ json }: Invocation): Promise<void> {
  const catalogue = await loadCatalogue(project.scenarios);
  const scenarios = [...catalogue.scenarios.values()].map(({ id, title, level, minutes, faults }) => ({
    id,
    title,
    level,
    minutes,
    issues: faults.length,
  }));
  const faults = [...catalogue.faults.values()]
    .map(({ id, level, complaint }) => ({ id, level, complaint }))
    .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || a.id.localeCompare(b.id));
  if (json) {
    printJson({ scenarios, faults });
    return;
  }
  const width = Math.max(...[...scenarios, ...faults].map(({ id }) => id.length));
  print('Scenarios: npx brokenprod start ID');
  for (const { id, title, level, minutes, issues } of scenarios) {
    print(`  ${id.padEnd(width)}   ${title} (${levelTitle(level)}, ${issues} issues, about ${minutes} minutes)`);
  }
  print(
    '\nDrills of one fault: npx brokenprod start --fault ID, or --random 1, as a name gives a part of the answer away',
  );
  for (const { id, level, complaint } of faults) print(`  ${id.padEnd(width)}   ${complaint} (${levelTitle(level)})`);
}
