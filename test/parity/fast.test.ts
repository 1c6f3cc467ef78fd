/** The part of the parity run that needs no time of its own: which states each pod goes through, and when. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Program } from '../../cluster/kubelet/testing/fake-runtime.ts';
import type { KubeObject } from '../../cluster/objects/types.ts';
import { parseRecording } from './recording.ts';
import { startStillCluster } from './still-cluster.ts';
import { compareWatches } from './watch.ts';

const root = fileURLToPath(new URL('../../../shared/real-kubernetes/', import.meta.url));
const untilSeconds = 180;

/** What the demo service does in the case, as it was recorded. */
const cases: [name: string, program?: Program][] = [
  ['a-missing-env', { exits: { afterMs: 150, exitCode: 1 } }],
  ['b-image-missing'],
  ['b2-image-repo-missing'],
  ['b3-image-registry-down'],
  ['c-wrong-liveness-port', {}],
  ['e-oom', { exits: { afterMs: 4_300, exitCode: 137, oom: true } }],
  ['h-pending'],
  ['i-configmap-missing', {}],
  ['i2-secret-key-missing', {}],
];

describe.skipIf(!existsSync(root))('on a clock that is moved by hand, the pods go through the recorded states', () => {
  it.each(cases)('%s', async (name, program) => {
    const recorded = parseRecording(await readFile(`${root}recordings/${name}/watch_pods.txt`, 'utf8'));
    if (!recorded) throw new Error(`no watch of ${name}`);
    // What the recorded jitter came to on the average.
    await using cluster = await startStillCluster(() => 0.5);
    for (const tag of ['latest', 'v1.0', 'v1.1']) {
      cluster.runtime.programs.set(`demo-service:${tag}`, program ?? {});
    }
    const manifest = await readFile(`${root}cases/${name}.yaml`, 'utf8');
    for (const document of parseAllDocuments(manifest)) await cluster.create(document.toJS() as KubeObject);
    await cluster.advance(untilSeconds * 1000);
    const replayed = { ...recorded, text: cluster.rows.join('\n') };
    const about = { case: name, name: 'watch_pods' };
    expect(compareWatches({ ...about, ...recorded }, { ...about, ...replayed }, untilSeconds)).toEqual([]);
  });
});
