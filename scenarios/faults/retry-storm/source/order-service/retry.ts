const maxRetries = 10;

/**
 * No order may get lost: when the database does not answer, we ask it again until it does.
 * @throws what the last try threw
 */
export async function retrying<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal } = new AbortController();
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(signal);
    } catch (error) {
      if (attempt >= maxRetries) throw error;
    }
  }
}
