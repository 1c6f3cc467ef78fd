'use strict';
/*
 * What a container of the toolbox image runs when it is told nothing else: a shell for whoever holds its input; without
 * an input it waits, so that there is something to `kubectl exec` into.
 */
const { spawn } = require('node:child_process');
const { fstatSync } = require('node:fs');
const { isatty } = require('node:tty');

const hasInput = isatty(0) || !fstatSync(0).isCharacterDevice();

if (hasInput) {
  spawn('sh', process.argv.slice(2), { stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 137));
} else {
  const forever = setInterval(() => {}, 2 ** 30);
  process.once('SIGTERM', () => clearInterval(forever));
}
