import { percentile } from '../../grader/statistics.ts';

export type Unit = 'ms' | '/s' | 'MiB' | '%' | '×';

/** One number of the benchmark, with what is needed to believe it. */
export interface Figure {
  name: string;
  value: number;
  unit: Unit;
  /** How many measurements the value stands on. */
  n: number;
  /** The smallest and the largest of them. */
  range?: readonly [number, number];
  /** What the product has promised: a value below this, or the given number at least. */
  target?: { below: number } | { atLeast: number };
  /** What was measured along with it, such as the size of an answer. */
  beside?: string;
  how: string;
  /** What others need for the same, measured elsewhere and earlier: see `peers.ts`. */
  peer?: string;
}

type Rest = Omit<Figure, 'value' | 'unit' | 'n' | 'range'>;

/** The median of some times, in milliseconds. */
export function typicalMs(samplesMs: readonly number[], rest: Rest): Figure {
  return quantileMs(samplesMs, 0.5, rest);
}

/**
 * A quantile of exact times by nearest rank, in milliseconds.
 * @throws Error when there are none
 */
export function quantileMs(samplesMs: readonly number[], share: number, rest: Rest): Figure {
  const value = percentile(samplesMs, share);
  if (value === null) throw new Error(`nothing was measured for "${rest.name}"`);
  const range = [Math.min(...samplesMs), Math.max(...samplesMs)] as const;
  return { ...rest, value, unit: 'ms', n: samplesMs.length, range };
}

/** Whether the promise was kept; undefined where none was made. */
export function meetsTarget({ value, target }: Figure): boolean | undefined {
  if (!target) return undefined;
  return 'below' in target ? value < target.below : value >= target.atLeast;
}

/** A group of figures that are measured together. */
export interface Bench {
  id: string;
  title: string;
  /** What holds for all its figures. */
  how: string;
  /** Gives each figure as soon as it is known, so that an interrupted run still shows what it found. */
  run(bench: { signal: AbortSignal; report: (figure: Figure) => void }): Promise<void>;
}
