import type { ProgressEvent, Report } from '../session/progress.ts';

/** Draws progress. */
export interface ProgressView {
  report: Report;
  /** Ends the drawing, also of steps that never ended, so that what is printed next stands below it. */
  close(): Promise<void>;
}

/**
 * A live list when a person looks on, a line on standard error for each finished step elsewhere: standard output
 * belongs to the facts.
 * @param quiet draws nothing
 */
export function progressView(quiet: boolean): ProgressView {
  if (quiet) return { report: () => {}, close: () => Promise.resolve() };
  const isLive = process.stdout.isTTY && process.stderr.isTTY && !process.env['CI'];
  return isLive ? liveList() : { report: plainLines(), close: () => Promise.resolve() };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function plainLines(): Report {
  let titles = new Map<string, string>();
  const write = (text: string): void => void process.stderr.write(`${text}\n`);
  return (event) => {
    switch (event.kind) {
      case 'plan':
        titles = titlesOf(event);
        break;
      case 'begun':
        break;
      case 'done':
        write(`✓ ${doneTitle(titles.get(event.id), event)}`);
        break;
      case 'failed':
        write(`✗ ${titles.get(event.id) ?? event.id}`);
        break;
      case 'note':
        write(event.text);
        break;
    }
  };
}

interface Gate {
  done: Promise<void>;
  open: () => void;
  fail: (error: unknown) => void;
}

/** Each planned step is a task that waits for its own end; overlapping steps show as finished when their turn comes. */
function liveList(): ProgressView {
  let drawn: Promise<void> = Promise.resolve();
  let titles = new Map<string, string>();
  let gates = new Map<string, Gate>();
  const finished = new Map<string, string>();
  const draw = async (): Promise<void> => {
    const { Listr } = await import('listr2');
    const list = new Listr(
      [...gates].map(([id, gate]) => ({
        title: titles.get(id) ?? id,
        task: async (_, task) => {
          await gate.done;
          task.title = finished.get(id) ?? task.title;
        },
      })),
      { registerSignalListeners: false, rendererOptions: { showErrorMessage: false }, exitOnError: true },
    );
    await list.run().catch(() => {});
  };
  const report: Report = (event) => {
    switch (event.kind) {
      case 'plan':
        titles = titlesOf(event);
        gates = new Map([...titles.keys()].map((id) => [id, gate()]));
        drawn = draw();
        break;
      case 'begun':
        break;
      case 'done':
        finished.set(event.id, doneTitle(titles.get(event.id), event));
        gates.get(event.id)?.open();
        break;
      case 'failed':
        for (const { fail } of gates.values()) fail(event.error);
        break;
      case 'note':
        process.stderr.write(`${event.text}\n`);
        break;
    }
  };
  const close = (): Promise<void> => {
    for (const { fail } of gates.values()) fail(new Error('not done'));
    return drawn;
  };
  return { report, close };
}

function gate(): Gate {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  return { done: promise, open: resolve, fail: reject };
}

function titlesOf({ steps }: Extract<ProgressEvent, { kind: 'plan' }>): Map<string, string> {
  return new Map(steps.map(({ id, title }) => [id, title]));
}

function doneTitle(title: string | undefined, event: Extract<ProgressEvent, { kind: 'done' }>): string {
  return `${title ?? event.id}${event.detail ? `: ${event.detail}` : ''} (${seconds(event.ms)})`;
}
