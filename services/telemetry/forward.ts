import { request } from 'undici';

const maxInFlight = 8;
const timeoutMs = 2_000;

/** Passes exports on to another collector. When that one is slow or gone they are dropped: it is only a copy. */
export function createForwarder(baseUrl: string | undefined): (body: unknown) => void {
  if (!baseUrl) return () => {};
  const url = `${baseUrl.replace(/\/$/, '')}/v1/traces`;
  let inFlight = 0;
  return (body) => {
    if (inFlight >= maxInFlight) return;
    inFlight++;
    const sent = request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    void sent
      .then(({ body: answer }) => answer.dump())
      .catch(() => {})
      .finally(() => inFlight--);
  };
}
