import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const path = fileURLToPath(new URL('unread.ts', import.meta.url));

/** Begins to write when it is told to. */
const program = `
  import { once } from 'node:events';
  import { surviveUnread } from ${JSON.stringify(path)};
  let unread = 0;
  surviveUnread(process.stdout, () => (unread += 1));
  surviveUnread(process.stderr);
  await once(process.stdin, 'data');
  for (const stream of [process.stderr, process.stdout, process.stderr, process.stdout]) {
    await new Promise((resolve) => stream.write('a line\\n', resolve));
  }
  process.exit(40 + unread);
`;

it('a program goes on when those who read it have gone, and knows', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const gone = [child.stdout, child.stderr].map((stream) => once(stream, 'close'));
  child.stdout.destroy();
  child.stderr.destroy();
  await Promise.all(gone);
  child.stdin.write('go\n');
  expect(await once(child, 'exit')).toEqual([42, null]);
});
