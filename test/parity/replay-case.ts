/** The two shapes of cases: moments after apply, and commands one after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { recordedAtSeconds, type Recording } from './recording.ts';
import type { Replay } from './replay.ts';
import { parsePodRow, type PodRow } from './watch.ts';

/** The order in which a moment's commands were recorded; `rollout status` takes ten seconds where it fails. */
const orderOfMoment = [
  'get_pods',
  'get_pods_wide',
  'get_pods_json',
  'get_all',
  'get_deploy_rs_svc_ep_eps',
  'get_events',
  'describe_deploy_',
  'rollout_status_',
  'describe_pod_',
  'logs_',
  'describe_rs',
  'describe_svc_',
  'kubectl_events',
];

/** Replays one case up to the given seconds after apply. */
export async function replayCase(
  replay: Replay,
  recordings: readonly Recording[],
  untilSeconds: number,
): Promise<void> {
  const due = recordings.filter(({ name }) => (recordedAtSeconds(name) ?? 0) <= untilSeconds);
  // Events have a table of their own at each moment; their watch would only say it again.
  const watches = due.filter(({ name }) => name.startsWith('watch_') && name !== 'watch_events');
  const commands = due.filter(({ name }) => !name.startsWith('watch_'));
  const first =
    commands.find(({ command }) => command.startsWith('kubectl apply')) ?? applyOf(recordings[0]?.case ?? '');
  for (const recording of watches) replay.watch(recording);
  await replay.run(first);
  replay.begin();
  const others = commands.filter((recording) => recording !== first);
  if (first.name.startsWith('t000')) await replayMoments(replay, others);
  else await replaySequence(replay, others);
  await replay.until(untilSeconds);
}

/** For folders that hold only later moments. */
function applyOf(name: string): Recording {
  return {
    case: name,
    name: 't000_apply',
    command: `kubectl apply -f cases/${name}.yaml -n production`,
    text: '',
    exitCode: 0,
  };
}

async function replayMoments(replay: Replay, recordings: readonly Recording[]): Promise<void> {
  const last = Math.max(...recordings.map(({ name }) => recordedAtSeconds(name) ?? 0));
  const moments = Map.groupBy(recordings, ({ name }) => recordedAtSeconds(name) ?? last);
  for (const [seconds, commands] of [...moments].toSorted(([a], [b]) => a - b)) {
    await replay.until(seconds);
    const recorded = commands.find(showsPods);
    if (recorded) await stateAsRecorded(replay, recorded, seconds + patienceSeconds(recorded, seconds));
    for (const recording of commands.toSorted((a, b) => rank(a.name) - rank(b.name))) await replay.run(recording);
  }
}

/**
 * Back-offs carry jitter, so a moment is taken when the pods are in the recorded state: at the recorded time, or as
 * soon after as they are. Where they never are, the commands run all the same, and differ.
 */
async function stateAsRecorded(replay: Replay, recorded: Recording, latest: number): Promise<void> {
  const rows = recorded.text.split('\n').flatMap((line) => parsePodRow(line) ?? []);
  const wanted = signature(rows);
  const isPast = () => restartsOf(replay.pods()) > restartsOf(rows);
  while (signature(replay.pods()) !== wanted && !isPast() && replay.elapsedSeconds() < latest) await sleep(50);
}

/** A state with fewer restarts doesn't come again. */
function restartsOf(rows: readonly PodRow[]): number {
  return rows.reduce((sum, { restarts }) => sum + restarts, 0);
}

/** How long a state is worth waiting for: that many pods are in theirs at the same time is a matter of chance. */
function patienceSeconds(recorded: Recording, seconds: number): number {
  return recorded.text.split('\n').length <= 3 ? 0.4 * seconds + 4 : 5;
}

function showsPods({ command }: Recording): boolean {
  return / get pods -n \w+$/.test(command);
}

function signature(pods: readonly PodRow[]): string {
  const rows = pods.map(({ name, ready, status, restarts }) =>
    [name.replace(/(-[a-z0-9]{6,10})?-[a-z0-9]{5}$/, ''), ready, status, restarts].join(' '),
  );
  return rows.toSorted().join('\n');
}

function rank(name: string): number {
  const command = name.replace(/^t\d+_/, '');
  const exact = orderOfMoment.indexOf(command);
  if (exact >= 0) return exact;
  const kind = orderOfMoment.findIndex((prefix) => prefix.endsWith('_') && command.startsWith(prefix));
  return kind >= 0 ? kind : orderOfMoment.length;
}

/** What the person at `kubectl edit` changed. */
const edits: Readonly<Record<string, string>> = {
  x_edit_ok: 'progressDeadlineSeconds: 600=>progressDeadlineSeconds: 601',
  x_edit_invalid: 'replicas: 2\n  revision=>replicas: -1\n  revision',
  x_edit_badschema: 'replicas: 2\n  revision=>replicas: two\n  revision',
};

async function replaySequence(replay: Replay, recordings: readonly Recording[]): Promise<void> {
  for (const recording of withEdits(recordings)) {
    const seconds = recordedAtSeconds(recording.name);
    if (seconds !== undefined) await replay.until(seconds);
    if (showsPods(recording)) await stateAsRecorded(replay, recording, replay.elapsedSeconds() + 5);
    const edit = edits[recording.name];
    const running = replay.run(recording, {
      timeoutMs: recording.exitCode === 124 ? 8_000 : 90_000,
      ...(edit ? { env: { PARITY_EDIT: edit } } : {}),
    });
    if (recording.command.includes(' port-forward ')) await visit(recording.command);
    await running;
  }
}

/** The recordings of edits have no number: they stand in for the numbered ones, which were recorded by mistake. */
function withEdits(recordings: readonly Recording[]): Recording[] {
  const isEdit = ({ command }: Recording) => command.startsWith('kubectl edit');
  const at = recordings.findIndex(isEdit);
  const others = recordings.filter((recording) => !isEdit(recording));
  return others.toSpliced(Math.max(at, 0), 0, ...recordings.filter(({ name }) => name.startsWith('x_edit')));
}

/** Asks once through a forwarded port, as the person who recorded did. */
export async function visit(command: string): Promise<void> {
  const port = / (\d+):\d+/.exec(command)?.[1];
  await sleep(2_000);
  await fetch(`http://127.0.0.1:${port}/`).catch(() => {});
}
