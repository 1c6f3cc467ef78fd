/** A Pod as far as the benchmarks need it. */
interface SamplePod {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: object;
}

/** About as big as a pod of the shop. Its scheduler does not exist, so that it stays as it is. */
export function samplePod(name: string): SamplePod {
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10, timeoutSeconds: 2 };
  const env = ['PORT', 'DATABASE_URL', 'NOTIFICATION_URL', 'LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench', 'app.kubernetes.io/part-of': 'bench' } },
    spec: {
      schedulerName: 'nobody',
      containers: [
        {
          name: 'web',
          image: 'web:1',
          ports: [{ name: 'http', containerPort: 8080 }],
          env: env.map((variable) => ({ name: variable, value: `http://${variable.toLowerCase()}:8080` })),
          resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '500m', memory: '160Mi' } },
          readinessProbe: probe,
          livenessProbe: probe,
        },
      ],
    },
  };
}
