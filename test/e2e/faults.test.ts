import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../helpers/run.ts';

const script = fileURLToPath(new URL('../error-table/faults.ts', import.meta.url));
/** So many faults a day, and as many of those that were changed; `npm run faults` proves them all. */
const share = 1;

it('proves today’s share of the catalogue five ways, and what the newest change touches', async () => {
  const { stdout, stderr } = await run(process.execPath, [script, '--share', String(share), '--json'], {
    timeoutMs: 1_200_000,
  });
  expect(stdout, stderr).not.toBe('');
  const { summary } = JSON.parse(stdout) as { summary: Record<string, unknown> };
  expect(summary, stderr).toMatchObject({ falsePasses: 0, falseFails: 0, undetermined: 0, notProvable: [] });
}, 1_200_000);
