/** Commands one after the other, each with the requests that it sends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recording } from './recording.ts';
import type { Replay } from './replay.ts';
import { visit } from './replay-case.ts';

/** Commands that go on until they are ended. */
const endless = /(-w|--watch-only|logs -f|port-forward) ?/;
const settleMs = 15_000;

export async function replayTraces(replay: Replay, recordings: readonly Recording[]): Promise<void> {
  for (const recording of recordings) {
    if (/-[0-9a-z]{8,10}-[0-9a-z]{5}\b/.test(recording.command)) await settled(replay);
    const env = {
      PARITY_EDIT: 'progressDeadlineSeconds: 600=>progressDeadlineSeconds: 601',
      // Nothing that another command has learnt: the first trace shows discovery.
      ...(recording.name.includes('coldcache') ? { KUBECACHEDIR: replay.emptyDir } : {}),
    };
    const running = replay.run(recording, { timeoutMs: endless.test(recording.command) ? 5_000 : 90_000, env });
    if (recording.command.includes(' port-forward ')) await visit(recording.command);
    await running;
  }
}

/** Resolves when the roll-outs that earlier commands began are over, or have taken too long. */
async function settled(replay: Replay): Promise<void> {
  const latest = replay.elapsedSeconds() + settleMs / 1000;
  const isQuiet = () => replay.pods().every(({ ready, status }) => ready === '1/1' && status === 'Running');
  do await sleep(500);
  while (!isQuiet() && replay.elapsedSeconds() < latest);
}
