import { createServer, get } from 'node:http';
import { readConfig } from './config.ts';
import { createHistory, totalsOf } from './history.ts';

const everyMs = 2_000;
/** A quarter of an hour. */
const kept = 450;
const maxBytes = 1024 * 1024;

const say = (level: number, msg: string, facts: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), service: 'traffic-recorder', ...facts, msg })}\n`);
};
const die = (error: Error): void => {
  say(60, `traffic-recorder can't start: ${error.message}`, { err: { type: error.name, stack: error.stack } });
  process.exit(1);
};

/** Remembers what its neighbour in the pod was asked, every other second: `GET /history` is there when the question is what changed. */
function start(): void {
  const { port, metricsUrl } = readConfig(process.env);
  const history = createHistory(kept);
  const server = createServer(({ url }, response) => {
    const known = url === '/history' || url === '/healthz';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(url === '/history' ? { samples: history.samples } : { status: known ? 'ok' : 404 }));
  });
  server.on('error', die);
  server.listen(port, () => say(30, `traffic-recorder listens on port ${port}`));

  // The neighbour may be starting, or gone: then there is nothing to remember of this moment.
  const look = () => readText(metricsUrl, (text) => history.add(totalsOf(text), Date.now()));
  const timer = setInterval(look, everyMs);
  process.once('SIGTERM', () => {
    clearInterval(timer);
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}

/** Tells the text of an answer 200, and keeps silent about any other. */
function readText(from: string, tell: (text: string) => void): void {
  const asked = get(from, { timeout: everyMs }, (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      if (text.length < maxBytes) text += chunk;
    });
    answer.on('error', () => {});
    answer.on('end', () => {
      if (answer.statusCode === 200) tell(text);
    });
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => {});
}

try {
  start();
} catch (error) {
  die(error as Error);
}
