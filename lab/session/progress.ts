import type { Clock } from '../../lib/clock.ts';

/** What a long command tells while it is at work; the command line draws it. */
export type ProgressEvent =
  | { kind: 'plan'; steps: readonly { id: string; title: string }[] }
  | { kind: 'begun'; id: string }
  | { kind: 'done'; id: string; ms: number; detail?: string }
  | { kind: 'failed'; id: string; error: unknown }
  | { kind: 'note'; text: string };

export type Report = (event: ProgressEvent) => void;

/** Runs parts of a command and tells when each begins and ends. */
export interface Steps<Id extends string> {
  run<T>(id: Id, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>;
}

/** @param titles what is going to be done, in the order in which it is expected to end */
export function planSteps<Id extends string>(
  titles: Partial<Record<Id, string>>,
  report: Report,
  clock: Clock,
): Steps<Id> {
  const entries = Object.entries(titles) as [Id, string][];
  report({ kind: 'plan', steps: entries.map(([id, title]) => ({ id, title })) });
  return {
    async run(id, work, detail) {
      const begunAt = clock.now();
      report({ kind: 'begun', id });
      try {
        const result = await work();
        report({ kind: 'done', id, ms: clock.now() - begunAt, detail: detail?.(result) });
        return result;
      } catch (error) {
        report({ kind: 'failed', id, error });
        throw error;
      }
    },
  };
}
