/**
 * Aborted by Ctrl-C or a signal, so that labs are stopped before the program ends; a second one ends it at once.
 * Whoever plays rounds asks between them.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      console.error('Interrupted: the labs are being stopped.');
      controller.abort(new Error(`interrupted by ${name}`));
    });
  }
  return controller.signal;
}
