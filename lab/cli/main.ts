#!/usr/bin/env node
import module from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded, so that all of it comes from the cache.
module.enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/brokenprod/compile'));
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
