import { request, type Dispatcher } from 'undici';

/** What came back, or why nothing did. */
export interface Reply {
  /** Null when there was no answer. */
  status: number | null;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** From sending to the end of the body. */
  durationMs: number;
  /** In plain words, when there was no whole answer. */
  problem?: string;
}

export interface Question {
  method?: 'GET' | 'POST';
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs: number;
  signal?: AbortSignal;
  dispatcher?: Dispatcher;
}

/** No answer of the shop is larger; what goes on is not read. */
const maxBytes = 64 * 1024;

/**
 * Asks a web address once. Whatever the other side does (refuse, hang, send for ever) is part of the reply.
 * @throws the signal's reason, and nothing else
 */
export async function askUrl(url: string, question: Question): Promise<Reply> {
  const { method = 'GET', body, timeoutMs, signal, dispatcher } = question;
  const started = performance.now();
  const elapsed = (): number => Math.round((performance.now() - started) * 10) / 10;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...question.headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(dispatcher && { dispatcher }),
    });
    const text = await readBounded(response.body);
    const reply = { status: response.statusCode, headers: response.headers, durationMs: elapsed() };
    if (text === undefined) return { ...reply, text: '', problem: `the answer is larger than ${maxBytes / 1024} KB` };
    return { ...reply, text };
  } catch (error) {
    signal?.throwIfAborted();
    const problem = limit.aborted ? `no answer within ${timeoutMs / 1000} s` : plainly(error);
    return { status: null, headers: {}, text: '', durationMs: elapsed(), problem };
  }
}

/** The JSON object in a text, or an empty one: who asks for a field then misses it. */
export function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'the name does not resolve',
  UND_ERR_SOCKET: 'the connection was closed without an answer',
};

function plainly(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return words[code ?? ''] ?? (message || code || 'no answer');
}
