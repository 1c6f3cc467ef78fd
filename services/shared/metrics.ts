import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

export interface Metrics {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  inFlight: Gauge;
  upstream: Histogram<'upstream' | 'outcome'>;
  upstreamInFlight: Gauge<'upstream'>;
  circuitOpen: Gauge<'upstream'>;
}

/** Rate, errors and duration of every route, what waits where, and a light view of the process. */
export function createMetrics(service: string, version: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service, version });
  const registers = [registry];
  addProcessMetrics(registry);
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: secondsBuckets,
      registers,
    }),
    inFlight: new Gauge({ name: 'http_requests_in_flight', help: 'Requests being answered now', registers }),
    upstream: new Histogram({
      name: 'upstream_request_duration_seconds',
      help: 'Time that a call to another service took, by outcome',
      labelNames: ['upstream', 'outcome'],
      buckets: secondsBuckets,
      registers,
    }),
    circuitOpen: new Gauge({
      name: 'upstream_circuit_open',
      help: '1 while calls to another service rest because it does not answer',
      labelNames: ['upstream'],
      registers,
    }),
    upstreamInFlight: new Gauge({
      name: 'upstream_requests_in_flight',
      help: 'Calls to another service that wait for their answer',
      labelNames: ['upstream'],
      registers,
    }),
  };
}

/** A gauge that is asked for its value when somebody scrapes. */
export function gaugeOf(metrics: Metrics, name: string, help: string, read: () => number): void {
  void new Gauge({
    name,
    help,
    registers: [metrics.registry],
    collect() {
      this.set(read());
    },
  });
}

/** By hand, because prom-client's default set watches garbage collection and the event loop all the time. */
function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  let cpuBefore = 0;
  void new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system time',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      this.inc(seconds - cpuBefore);
      cpuBefore = seconds;
    },
  });
  void new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  void new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript heap in use',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
}
