/** Stands in for the person at `kubectl edit`: makes the change that PARITY_EDIT names (`from=>to`) in the file. */
import { readFileSync, writeFileSync } from 'node:fs';

const path = process.argv.at(-1)!;
const [from, to] = (process.env['PARITY_EDIT'] ?? '').split('=>');
if (from && to) writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
