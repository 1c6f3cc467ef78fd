/** What the recorder reads from its environment. It depends on nothing, so that it starts in no time beside its neighbour. */
export interface Config {
  port: number;
  /** Where the neighbour in the same pod shows its metrics. */
  metricsUrl: string;
}

/** @throws Error that says what is missing */
export function readConfig({ PORT = '9090', METRICS_URL }: NodeJS.ProcessEnv): Config {
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`PORT (${PORT}) is no port`);
  if (!METRICS_URL || !URL.canParse(METRICS_URL)) {
    throw new Error('METRICS_URL is not set to the address of the metrics to record, http://localhost:3000/metrics');
  }
  return { port, metricsUrl: METRICS_URL };
}
