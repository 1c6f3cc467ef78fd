/** What one client may take from the server. */
export const limits = {
  bodyBytes: 3 * 1024 * 1024,
  headerBytes: 64 * 1024,
  /** For a client to send its headers, and its whole request. */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  /** Longer than clients pause between two requests, so that they seldom meet a closing connection. */
  keepAliveTimeoutMs: 60_000,
  /** A watcher that leaves more than this unread is cut off; it lists again. */
  unreadWatchBytes: 16 * 1024 * 1024,
  /** Each watcher holds one, for some 140 kB; who comes when all are taken is not let in, not even an administrator. */
  connections: 5_000,
} as const;
