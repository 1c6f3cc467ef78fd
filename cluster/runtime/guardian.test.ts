import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { Guardian } from './guardian.ts';
import { pidsFolder, recordPid } from './leftovers.ts';
import { readStat } from './process-table.ts';

const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

it.runIf(process.platform === 'linux')('ends what a killed engine left, and nothing that took its id', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'guardian-'));
  const bystander = spawn('sleep', ['30'], { detached: true, stdio: 'ignore' });
  recordPid(runDir, bystander.pid as number, 0);
  writeFileSync(join(pidsFolder(runDir), String(bystander.pid)), 'another start time\n0\n');
  const engine = join(runDir, 'engine.mjs');
  writeFileSync(
    engine,
    `import { spawn } from 'node:child_process';
     import { Guardian } from ${url('guardian.ts')};
     import { recordPid } from ${url('leftovers.ts')};
     const runDir = ${JSON.stringify(runDir)};
     new Guardian(runDir).watch();
     const left = spawn('sleep', ['30'], { detached: true, stdio: 'ignore' });
     recordPid(runDir, left.pid, Date.now());
     process.kill(-left.pid, 'SIGSTOP');
     console.log(left.pid);
     setInterval(() => {}, 1000);`,
  );
  const killed = spawn(process.execPath, [engine], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(killed.stdout, 'data')) as [Buffer];
  const left = Number(printed.toString());
  expect(readStat(left)).toBeDefined();
  killed.kill('SIGKILL');
  for (let look = 0; look < 100 && isAlive(left); look++) await wait(20);
  expect(isAlive(left)).toBe(false);
  expect(isAlive(bystander.pid as number)).toBe(true);
  bystander.kill('SIGKILL');
});

it.runIf(process.platform === 'linux')('ends with the engine that ends in good order', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'guardian-'));
  {
    await using guardian = new Guardian(runDir);
    guardian.watch();
    guardian.watch();
  }
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'args=']);
  expect(stdout).not.toContain(pidsFolder(runDir));
  expect(readdirSync(runDir)).toEqual([]);
});

/** Nobody may have collected a process that has ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
