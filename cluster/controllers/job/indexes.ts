/** Indexed Jobs: each pod has a number of its own, and each number must succeed once. */
import type { Container, Job, Pod } from '../../objects/types.ts';
import { podOf } from '../replica-set/pod-control.ts';

const INDEX = 'batch.kubernetes.io/job-completion-index';

export function isIndexed({ spec }: Job): boolean {
  return spec?.completionMode === 'Indexed';
}

export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[INDEX];
  return text === undefined ? undefined : Number(text);
}

/** The lowest `count` indexes that have neither succeeded nor have a pod at work. */
export function missingIndexes(job: Job, busy: ReadonlySet<number | undefined>, count: number): number[] {
  const all = Array.from({ length: job.spec?.completions ?? 0 }, (_, index) => index);
  return all.filter((index) => !busy.has(index)).slice(0, count);
}

/** The pod for an index, to be named by the server. */
export function podAtIndex(job: Job, index: number, annotations: Readonly<Record<string, string>> = {}): Pod {
  const pod = podOf(job);
  const fieldRef = { fieldPath: `metadata.labels['${INDEX}']` };
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } };
  const isSet = ({ env = [] }: Container) => env.some(({ name }) => name === variable.name);
  const numbered = (containers: readonly Container[] = []) =>
    containers.map((one) => (isSet(one) ? one : { ...one, env: [...(one.env ?? []), variable] }));
  const { initContainers, containers, ...spec } = pod.spec ?? { containers: [] };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: `${job.metadata.name}-${index}-`,
      annotations: { ...pod.metadata.annotations, [INDEX]: String(index), ...annotations },
      labels: { ...pod.metadata.labels, [INDEX]: String(index) },
    },
    spec: {
      ...spec,
      ...(initContainers ? { initContainers: numbered(initContainers) } : {}),
      containers: numbered(containers),
      hostname: `${job.metadata.name}-${index}`,
    },
  };
}

/** The indexes that such a text names. */
export function indexesOf(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
  });
}

/** `0-2,4`, as the status of an indexed Job says it. */
export function indexesText(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].toSorted((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const index of sorted) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
}
