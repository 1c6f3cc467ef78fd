import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { ContainerSpec } from './container-runtime.ts';
import { ImageStore } from './images.ts';
import { killLeftovers } from './leftovers.ts';
import { createNodeRuntime } from './node-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'run time-'));
const preload = join(dir, 'preload.cjs');
writeFileSync(preload, '');
const runtime = createNodeRuntime({
  images: new ImageStore(join(dir, 'images')),
  clock: systemClock,
  runDir: dir,
  appletsDir: join(dir, 'applets'),
});

afterEach(async () => {
  await runtime[Symbol.asyncDispose]();
});

function specOf(program: string, fields: Partial<ContainerSpec> = {}): ContainerSpec {
  const entry = join(dir, `${Math.random().toString(36).slice(2)}.js`);
  writeFileSync(entry, program);
  return {
    podUid: 'u',
    podName: 'web-1',
    namespace: 'production',
    name: 'app',
    image: { digest: '', entry, nodeOptions: [], env: {}, createdAt: '' },
    env: { GREETING: 'hello' },
    internalEnv: {},
    preload,
    mounts: [],
    workingDir: join(dir, 'work'),
    ...fields,
  };
}

async function start(spec: ContainerSpec) {
  const lines: string[] = [];
  const container = await runtime.start(spec, (stream, line) => lines.push(`${stream}: ${line}`));
  return { container, lines };
}

async function untilPrinted(lines: string[]): Promise<void> {
  while (lines.length === 0) await wait(10);
}

describe('createNodeRuntime', () => {
  it('runs the entry with its environment, keeps its output and reports its end', async () => {
    const program =
      'console.log(process.env.GREETING, process.env.HOSTNAME); console.error("bad"); process.exitCode = 3';
    const { container, lines } = await start(specOf(program));
    expect(await container.exited).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(lines.toSorted()).toEqual(['stderr: bad', 'stdout: hello web-1']);
    expect(readdirSync(join(dir, 'pids'))).toEqual([]);
  });

  it('says as containerd does that a program does not exist', async () => {
    const spec = specOf('', { command: ['/app/start.sh'] });
    await expect(start(spec)).rejects.toThrow(
      'unable to start container process: exec: "/app/start.sh": stat /app/start.sh: no such file or directory',
    );
    await expect(start(specOf('', { command: ['nope'] }))).rejects.toThrow(
      'exec: "nope": executable file not found in $PATH',
    );
  });

  it('lets a program without a handler ignore SIGTERM, as the first process of a container does', async () => {
    const deaf = await start(specOf('console.log("up"); setInterval(() => {}, 1000)'));
    const polite = await start(
      specOf('process.on("SIGTERM", () => process.exit(0)); console.log("up"); setInterval(() => {}, 1000)'),
    );
    await untilPrinted(deaf.lines);
    await untilPrinted(polite.lines);
    deaf.container.kill('SIGTERM');
    polite.container.kill('SIGTERM');
    expect(await polite.container.exited).toMatchObject({ exitCode: 0, reason: 'Completed' });
    deaf.container.kill('SIGKILL');
    expect(await deaf.container.exited).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  it.runIf(process.platform === 'linux')('lets a shell ignore SIGTERM unless it traps it', async () => {
    const loop = 'echo up; while true; do sleep 0.05; done';
    const deaf = await start(specOf('', { command: ['sh', '-c', loop] }));
    const polite = await start(specOf('', { command: ['sh', '-c', `trap 'exit 0' TERM; ${loop}`] }));
    await untilPrinted(deaf.lines);
    await untilPrinted(polite.lines);
    deaf.container.kill('SIGTERM');
    polite.container.kill('SIGTERM');
    expect(await polite.container.exited).toMatchObject({ exitCode: 0 });
    deaf.container.kill('SIGKILL');
    expect(await deaf.container.exited).toMatchObject({ exitCode: 137 });
  });

  it('calls a program by the name that the pod has for it', async () => {
    const { container, lines } = await start(specOf('', { command: ['sh', '-c', 'nosuchcmd'] }));
    expect(await container.exited).toMatchObject({ exitCode: 127 });
    expect(lines.join()).toMatch(/^stderr: sh: .*not found/);
  });

  it.runIf(process.platform === 'linux')('kills what passes its memory limit, children included', async () => {
    const child = 'const keep = []; setInterval(() => keep.push(Buffer.alloc(4 << 20, 1)), 20)';
    const program = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]); setInterval(() => {}, 1000)`;
    const { container } = await start(specOf(program, { memoryLimitBytes: 128 << 20 }));
    expect(await container.exited).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('executes commands beside the container, with their input and exit code', async () => {
    const { container, lines } = await start(specOf('console.log("up"); setInterval(() => {}, 1000)'));
    await untilPrinted(lines);
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const command = ['sh', '-c', 'read line; echo "$line $GREETING"; exit 7'];
    const executed = container.exec({ command, tty: false }, { stdin, stdout, signal: AbortSignal.timeout(5000) });
    stdin.end('well\n');
    expect(await executed).toEqual({ exitCode: 7 });
    stdout.end();
    expect(await text(stdout)).toBe('well hello\n');
  });

  it('ends a command when the container ends', async () => {
    const { container, lines } = await start(specOf('console.log("up"); setInterval(() => {}, 1000)'));
    await untilPrinted(lines);
    const executed = container.exec({ command: ['sleep', '60'], tty: false }, { signal: AbortSignal.timeout(5000) });
    await wait(50);
    container.kill('SIGKILL');
    expect(await executed).toEqual({ exitCode: 137 });
  });
});

describe('killLeftovers', () => {
  it.runIf(process.platform === 'linux')(
    'ends what an earlier engine left and spares a process id used anew',
    async () => {
      const { container, lines } = await start(specOf('console.log(process.pid); setInterval(() => {}, 1000)'));
      await untilPrinted(lines);
      writeFileSync(join(dir, 'pids', String(process.pid)), 'another start time\n0\n');
      expect(await killLeftovers(dir)).toBe(1);
      expect(await container.exited).toMatchObject({ exitCode: 137 });
      expect(readdirSync(join(dir, 'pids'))).toEqual([]);
    },
  );
});
