#!/usr/bin/env node
// Plain JavaScript, so that also a Node that cannot read TypeScript gets as far as finding the one that npm brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;
const ownNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/brokenprod/compile', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  // Before any TypeScript is loaded, so that all of it comes from the cache.
  module.enableCompileCache(compileCache);
  const { runProgram } = await import('./program.ts');
  await runProgram(process.argv.slice(2));
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal's Ctrl-C reaches the child by itself; it cleans up and then ends.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
} else {
  console.error(
    `brokenprod needs Node ${oldestMajor} or newer, this is ${process.version}. npm brings the right one: run npm ci, then npx brokenprod`,
  );
  process.exitCode = 2;
}
