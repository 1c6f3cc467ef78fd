import type { ProgressEvent, Report } from '../session/progress.ts';

/**
 * How progress is drawn: a live list on a terminal, a line for each finished step elsewhere. Nothing of it goes to
 * standard output, which belongs to the facts.
 * @param quiet draws nothing
 */
export function progressView(quiet: boolean): Report {
  if (quiet) return () => {};
  return process.stderr.isTTY && !process.env['CI'] ? liveList() : plainLines();
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
function liveList(): Report {
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
  return (event) => {
    switch (event.kind) {
      case 'plan':
        titles = titlesOf(event);
        gates = new Map([...titles.keys()].map((id) => [id, gate()]));
        void draw();
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
