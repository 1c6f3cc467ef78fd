import type { Clock } from '../../lib/clock.ts';
import type { Controller } from './controller.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';

export interface RunControllerOptions {
  clock: Clock;
  signal: AbortSignal;
  /** How many keys may be worked on at the same time; default 5, as most controllers of Kubernetes have it. */
  workers?: number;
  /** Told of each failed reconcile; it is retried in any case. */
  onError?: (error: unknown, controller: string, key: string) => void;
}

/**
 * Feeds a controller with keys once its informers are full, and retries what throws.
 * Resolves after `signal` has aborted and the work in hand has ended.
 */
export async function runController(controller: Controller, options: RunControllerOptions): Promise<void> {
  const { clock, signal } = options;
  const queue = createWorkQueue({ clock, retryDelays: controller.retryDelays });
  const { promise: aborted, resolve: markAborted } = Promise.withResolvers<void>();
  const onAbort = () => {
    queue.close();
    markAborted();
  };
  if (signal.aborted) return;
  signal.addEventListener('abort', onAbort, { once: true });

  await Promise.race([Promise.all(controller.watches.map((watch) => watch.informer.synced)), aborted]);
  const unsubscribers = controller.watches.map((watch) =>
    watch.informer.subscribe((change) => {
      if (watch.when?.(change) === false) return;
      // A change of owner or of labels concerns the keys of before as well.
      const keys =
        change.type === 'updated'
          ? [...watch.keysOf(change.old), ...watch.keysOf(change.object)]
          : watch.keysOf(change.object);
      for (const key of keys) queue.add(key);
    }),
  );
  await Promise.all(Array.from({ length: options.workers ?? 5 }, () => work(controller, queue, options)));
  for (const unsubscribe of unsubscribers) unsubscribe();
}

async function work(controller: Controller, queue: WorkQueue, { onError }: RunControllerOptions): Promise<void> {
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    try {
      const result = await controller.reconcile(key);
      queue.forget(key);
      if (result) queue.addAfter(key, result.requeueAfterMs);
    } catch (error) {
      onError?.(error, controller.name, key);
      queue.retry(key);
    } finally {
      queue.done(key);
    }
  }
}
