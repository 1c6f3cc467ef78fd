import { loadCatalogue } from '../../../scenarios/catalogue.ts';
import { project } from '../../project.ts';
import { print, printJson, type Invocation } from '../invocation.ts';

export async function list({ json }: Invocation): Promise<void> {
  const { scenarios } = await loadCatalogue(project.scenarios);
  const facts = [...scenarios.values()].map(({ id, title, level, minutes, faults }) => ({
    id,
    title,
    level,
    minutes,
    issues: faults.length,
  }));
  if (json) {
    printJson({ scenarios: facts });
    return;
  }
  const width = Math.max(...facts.map(({ id }) => id.length));
  for (const { id, title, level, minutes, issues } of facts) {
    print(`${id.padEnd(width)}   ${title} (${level}, ${issues} issues, about ${minutes} minutes)`);
  }
}
