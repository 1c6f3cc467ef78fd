import type { Kube } from '../../lib/kube/kube.ts';
import { typicalMs, type Figure } from './figure.ts';
import { peers } from './peers.ts';
import { readUsage } from './processes.ts';
import { samplePod } from './sample-pod.ts';

const path = '/api/v1/namespaces/default/pods';
const forms = {
  JSON: 'application/json',
  Table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
} as const;
const sizes = [100, 1_000, 5_000] as const;
type Size = (typeof sizes)[number];
const writers = 16;
const repeats = 20;

/** How listing grows with the number of pods, and what each costs to make and to keep. */
export async function measureLists(
  kube: Kube,
  { pid, signal, report }: { pid: number; signal: AbortSignal; report: (figure: Figure) => void },
): Promise<void> {
  const before = await engineMiB(pid);
  let made = 0;
  for (const size of sizes) {
    const perSecond = await createPods(kube, made, size, signal);
    const how = `one POST each, ${writers} at a time; their scheduler does not exist`;
    const name = `create pods, up to ${size.toLocaleString('en-US')}`;
    report({ name, value: perSecond, unit: '/s', n: size - made, how });
    made = size;
    for (const form of ['JSON', 'Table'] as const) report(await measureList(kube, form, size, signal));
  }
  const perPod = ((await engineMiB(pid)) - before) / made;
  const how = 'growth of the engine’s anonymous memory over the pods, garbage not collected';
  report({ name: 'memory of 1,000 pods', value: perPod * 1_000, unit: 'MiB', n: made, how });
}

async function measureList(kube: Kube, form: keyof typeof forms, size: Size, signal: AbortSignal): Promise<Figure> {
  const samples: number[] = [];
  let bytes = 0;
  for (let index = 0; index < repeats + 2; index++) {
    const begunAt = performance.now();
    const { text, status } = await kube.request('GET', path, { headers: { accept: forms[form] }, signal });
    // The first two warm up.
    if (index >= 2) samples.push(performance.now() - begunAt);
    if (status !== 200) throw new Error(`the list of pods was answered with ${status}`);
    bytes = Buffer.byteLength(text);
  }
  const peer = (form === 'JSON' ? peers.listJson : peers.listTable)[size];
  return typicalMs(samples, {
    name: `list ${size.toLocaleString('en-US')} pods, ${form}`,
    how: 'GET sent → whole body read as text',
    // Flat when the time grows as the number does.
    beside: `${Math.round(bytes / 1024).toLocaleString('en-US')} KB, ${Math.round((median(samples) / size) * 1_000)} µs a pod`,
    peer,
  });
}

/** @returns how many were created in a second */
async function createPods(kube: Kube, from: number, to: number, signal: AbortSignal): Promise<number> {
  const begunAt = performance.now();
  let next = from;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < to) {
        await kube.create(path, samplePod(`pod-${next++}`), { signal });
      }
    }),
  );
  return ((to - from) / (performance.now() - begunAt)) * 1_000;
}

function median(samplesMs: readonly number[]): number {
  return samplesMs.toSorted((a, b) => a - b)[samplesMs.length >> 1] ?? 0;
}

async function engineMiB(pid: number): Promise<number> {
  return (await readUsage(pid)).find(({ name }) => name === 'engine')?.anonymousMiB ?? 0;
}
