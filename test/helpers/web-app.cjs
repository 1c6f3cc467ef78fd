// A small server for tests of the engine: says hello, logs what it is asked, stops when told.
'use strict';
const http = require('node:http');

const port = Number(process.env.PORT ?? 3000);
const server = http.createServer((request, response) => {
  process.stdout.write(`${request.method} ${request.url}\n`);
  response.end(`hello from ${process.env.GREETING ?? 'nobody'}\n`);
});
server.listen(port, () => process.stdout.write(`listening on ${port}\n`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
