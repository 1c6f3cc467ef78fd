import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

export interface Telemetry {
  /** Sends what is still queued and stops. */
  shutdown(): Promise<void>;
}

/**
 * Traces to a collector over OTLP/HTTP JSON, in bounded batches. Sampler (parent based) and propagators (W3C) are the
 * SDK's defaults, OTEL_* variables may change them. Spans come from `observe` and `upstream`: instrumentation that
 * patches modules costs a service more memory and time than everything else it does.
 */
export function startTelemetry(options: {
  service: string;
  version: string;
  hostName: string;
  endpoint: string;
}): Telemetry {
  const attributes = {
    'service.name': options.service,
    'service.version': options.version,
    'service.namespace': 'cloudmart',
    'host.name': options.hostName,
  };
  const sdk = new NodeSDK({
    resourceDetectors: [{ detect: () => ({ attributes }) }],
    traceExporter: new OTLPTraceExporter({
      url: `${options.endpoint.replace(/\/$/, '')}/v1/traces`,
      timeoutMillis: 3_000,
      concurrencyLimit: 2,
    }),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}
