/** The steps of a case's pods in both runs, and whether a command met them at different ones. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordedAtSeconds, type Recording } from './recording.ts';
import { stepsFile } from './replay.ts';
import { readSteps, wereApart } from './steps.ts';

/** A moment's commands were recorded one after the other; a roll-out that fails is waited for in between. */
const commandsSeconds = 4;
const rolloutSeconds = 12;
/** A second kubectl asked once the first had printed all that it has of that moment. */
const secondKubectlSeconds = 25;
const beforeRollout =
  /_(get_(pods|pods_wide|pods_json|all|deploy_rs_svc_ep_eps|events)|describe_deploy_.*|rollout_status_.*)$/;

/**
 * @param recordedDir the case's folder that has the watch, which recordings of a second kubectl in the same run do without
 * @param replayedDir the case's folder as it was replayed
 * @param isSecond whether the recordings that are asked about are those of a second kubectl
 */
export async function readStepsOfBoth(recordedDir: string, replayedDir: string, isSecond: boolean) {
  const read = async (path: string) => readSteps(await readFile(path, 'utf8').catch(() => ''));
  const recorded = await read(join(recordedDir, 'watch_pods.txt'));
  const replayed = await read(join(replayedDir, stepsFile));
  return {
    wereApart(recording: Recording, found: Recording): boolean {
      const from = recordedAtSeconds(recording.name);
      if (from === undefined || found.atSeconds === undefined) return false;
      const usually = beforeRollout.test(recording.name) ? commandsSeconds : commandsSeconds + rolloutSeconds;
      const lasts = usually + (isSecond ? secondKubectlSeconds : 0);
      const asked = { from: found.atSeconds - 2, to: found.atSeconds };
      return wereApart(recorded, { from, to: from + lasts }, replayed, asked);
    },
  };
}
