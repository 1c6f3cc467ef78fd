import { request } from 'node:http';
import type { Kube } from '../lib/kube/kube.ts';
import { openPortForward } from '../lib/kube/port-forward.ts';

const maxBytes = 64 * 1024;

export interface ForwardedQuestion {
  namespace: string;
  pod: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  timeoutMs?: number;
  signal: AbortSignal;
}

/**
 * GETs from a pod with headers that the API server would keep for itself: its proxy takes `Authorization` as meant
 * for the cluster.
 * @throws Error when the pod can't be reached or gives no answer in time
 */
export async function getThroughPortForward(
  kube: Kube,
  question: ForwardedQuestion,
): Promise<{ status: number; text: string }> {
  const { pod, path, headers, timeoutMs = 4_000 } = question;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(timeoutMs)]);
  const stream = openPortForward(kube, question);
  try {
    return await new Promise((resolve, reject) => {
      stream.on('error', reject);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const sent = request({ host: pod, path, headers, createConnection: () => stream });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < maxBytes) text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.end();
    });
  } finally {
    stream.destroy();
  }
}
