import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createStore } from '../../cluster/store/store.ts';
import { samplePod } from './sample-pod.ts';
import { typicalMs, type Figure } from './figure.ts';

const podCount = 5_000;
/** As often is a pod written until it runs. */
const writesEach = 4;
const rounds = 5;

/** How long a cluster that keeps its objects on disk takes to have them again. */
export async function measureReopening(signal: AbortSignal): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-bench-store-'));
  try {
    await fill(dir, signal);
    const opened: number[] = [];
    const listed: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const begunAt = performance.now();
      const store = createStore({ dir });
      opened.push(performance.now() - begunAt);
      const count = store.list('pods').length;
      listed.push(performance.now() - begunAt);
      store.close();
      if (count !== podCount) throw new Error(`${count} of ${podCount} pods came back`);
      await turn();
    }
    const name = `reopen a store of ${podCount.toLocaleString('en-US')} pods`;
    const how = 'createStore on a folder that was left open; every byte checked';
    return [
      typicalMs(opened, { name, how, target: { below: 200 } }),
      typicalMs(listed, { name: `${name}, and list them`, how: 'the first list reads them' }),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Leaves the folder as a kill would: nothing is tidied up at a store's end. */
async function fill(dir: string, signal: AbortSignal): Promise<void> {
  const store = createStore({ dir });
  for (let write = 0; write < podCount * writesEach; write++) {
    const pod = samplePod(`pod-${write % podCount}`);
    const { name, namespace } = pod.metadata;
    const old = store.get('pods', namespace, name);
    store.put('pods', pod, old?.metadata.resourceVersion);
    // Snapshots are written between the turns.
    if (write % 100 === 0) await turn(undefined, { signal });
  }
  store.close();
}
