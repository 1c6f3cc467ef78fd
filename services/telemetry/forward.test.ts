import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { createForwarder } from './forward.ts';

it('passes an export on to another collector, and does not mind when there is none', async () => {
  const server = createServer().listen(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  createForwarder(undefined)({ lost: true });
  createForwarder('http://127.0.0.1:1')({ lost: true });
  createForwarder(`http://127.0.0.1:${port}/`)({ resourceSpans: [] });
  const [request, response] = await once(server, 'request');
  expect(request.url).toBe('/v1/traces');
  expect(await text(request)).toBe('{"resourceSpans":[]}');
  response.end('{}');
});
