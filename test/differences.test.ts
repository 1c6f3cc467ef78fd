import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { currentReadme } from '../scripts/differences.ts';

it('cluster/README.md lists every difference that the source admits (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../cluster/README.md', import.meta.url), 'utf8')).toBe(currentReadme());
});
