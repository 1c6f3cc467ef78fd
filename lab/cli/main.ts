#!/usr/bin/env node
import module from 'node:module';

// Before anything else is loaded, so that all of it comes from the cache.
module.enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
