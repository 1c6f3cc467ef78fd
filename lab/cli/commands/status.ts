import { labStatus, type Status } from '../../session/status.ts';
import { exitCode, labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function status(invocation: Invocation): Promise<number> {
  const facts = await labStatus(labHere(invocation));
  if (invocation.json) printJson(facts);
  else print(describe(facts));
  return facts.state === 'unresponsive' ? exitCode.failed : exitCode.done;
}

function describe(facts: Status): string {
  switch (facts.state) {
    case 'none':
      return 'No lab runs here. Start one: npx brokenprod start';
    case 'busy':
      return `"${facts.command}" is at work here (process ${facts.pid}).`;
    case 'half-started':
      return 'A lab did not finish starting here. Start it again, it cleans up by itself: npx brokenprod start';
    case 'lost':
      return "The lab's engine is no longer running (a reboot, or it was killed). Start afresh: npx brokenprod start";
    case 'unresponsive':
      return "The lab's engine runs but does not answer. End it: npx brokenprod stop";
    case 'running':
      return runningText(facts);
  }
}

function runningText(facts: Extract<Status, { state: 'running' | 'unresponsive' }>): string {
  const lines = [
    ['scenario', facts.scenario],
    ['engine', `${facts.engine} (${facts.version})`],
    ['shop', facts.entrance],
    ['kubeconfig', facts.kubeconfig],
    ['started', facts.startedAt],
    ['hints', String(facts.hintsUsed)],
  ];
  const pods = facts.pods.map(({ name, ready, status: state, restarts }) => [name, ready, state, restarts]);
  return `${columns(lines)}\n\n${columns([['NAME', 'READY', 'STATUS', 'RESTARTS'], ...pods])}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
