import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Serving {
  server: Server;
  url: string;
  close(): Promise<void>;
}

/**
 * Listens on all addresses; port 0 takes any free one.
 * @throws when the port is taken
 */
export async function serve(handler: RequestListener, port: number): Promise<Serving> {
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 5_000, keepAliveTimeout: 10_000 }, handler);
  server.maxConnections = 2_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    server,
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
