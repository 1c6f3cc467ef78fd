#!/usr/bin/env node
// Only what every Node that can read this file at all understands: it decides which Node goes on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

const oldestMajor = 24;
const bundledNode = join(import.meta.dirname, '../../node_modules/.bin/node');

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  module.enableCompileCache();
  const { runProgram } = await import('./program.ts');
  await runProgram(process.argv.slice(2));
} else if (existsSync(bundledNode) && !process.env['BROKENPROD_NODE']) {
  const env = { ...process.env, BROKENPROD_NODE: bundledNode };
  const { status } = spawnSync(bundledNode, process.argv.slice(1), { stdio: 'inherit', env });
  process.exitCode = status ?? 2;
} else {
  console.error(
    `brokenprod needs Node ${oldestMajor} or newer, this is ${process.version}. npm brings the right one: npm ci, then npx brokenprod`,
  );
  process.exitCode = 2;
}
