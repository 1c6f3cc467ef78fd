import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { ImageStore } from './images.ts';
import { createNodeRuntime } from './node-process.ts';
import { readProcessState } from './process-table.ts';

const dir = mkdtempSync(join(tmpdir(), 'throttle-'));
const preload = join(dir, 'preload.cjs');
writeFileSync(preload, '');

async function start(program: string, cpuLimitMillis: number) {
  const runtime = createNodeRuntime({
    images: new ImageStore(join(dir, 'images')),
    clock: systemClock,
    runDir: dir,
    appletsDir: dir,
  });
  const entry = join(dir, 'app.js');
  writeFileSync(entry, program);
  const lines: string[] = [];
  const container = await runtime.start(
    {
      podUid: 'u',
      podName: 'web-1',
      namespace: 'production',
      name: 'app',
      image: { digest: '', entry, nodeOptions: [], env: {}, createdAt: '' },
      env: {},
      internalEnv: {},
      preload,
      mounts: [],
      workingDir: join(dir, 'work'),
      cpuLimitMillis,
    },
    (_stream, line) => lines.push(line),
  );
  while (lines.length === 0) await wait(10);
  return { runtime, container, pid: Number(lines[0]) };
}

it.runIf(process.platform === 'linux')('holds a busy container to its CPU limit, and still ends it', async () => {
  const { runtime, container, pid } = await start('console.log(process.pid); for (;;);', 200);
  await using _ = runtime;
  await wait(1500);
  const before = container.usage();
  await wait(2000);
  const after = container.usage();
  expect((after.cpuMs - before.cpuMs) / 2000).toBeGreaterThan(0.1);
  expect((after.cpuMs - before.cpuMs) / 2000).toBeLessThan(0.3);
  expect(after.throttled?.periods).toBeGreaterThan(before.throttled?.periods ?? 0);
  while (readProcessState(pid) !== 'T') await wait(1);
  container.kill('SIGTERM');
  expect(readProcessState(pid)).not.toBe('T');
  container.kill('SIGKILL');
  expect(await container.exited).toMatchObject({ exitCode: 137 });
});

it.runIf(process.platform === 'linux')('sends no signal to a container under its limit', async () => {
  const program = `process.on('SIGCONT', () => console.log('continued')); console.log(process.pid);
    setInterval(() => { const end = performance.now() + 10; while (performance.now() < end); }, 100);`;
  const { runtime, container } = await start(program, 500);
  await using _ = runtime;
  await wait(1500);
  expect(container.usage().throttled).toEqual({ periods: 0, ms: 0 });
});
