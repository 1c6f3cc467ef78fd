import { getEventListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { ContainerLog } from './container-log.ts';
import { readLog } from './log-reader.ts';

const defaults = { follow: false, timestamps: false };

function newLog(clock = new FakeClock(), maxBytes?: number): ContainerLog {
  return new ContainerLog(join(mkdtempSync(join(tmpdir(), 'log-')), '0.log'), clock, maxBytes);
}

async function read(log: ContainerLog, options: Parameters<typeof readLog>[1], signal = AbortSignal.timeout(5000)) {
  const blocks: Buffer[] = [];
  for await (const block of readLog(log, options, signal)) blocks.push(block);
  return Buffer.concat(blocks).toString('utf8');
}

describe('a container log', () => {
  it('gives back the lines of both streams, with times when asked', async () => {
    const log = newLog();
    log.append('stdout', 'one');
    log.append('stderr', 'zwei ö');
    expect(await read(log, defaults)).toBe('one\nzwei ö\n');
    expect(await read(log, { ...defaults, timestamps: true })).toBe(
      '2026-11-20T16:47:00.000000000Z one\n2026-11-20T16:47:00.000000001Z zwei ö\n',
    );
  });

  it('reads only the tail of a log of many blocks', async () => {
    const log = newLog();
    for (let line = 0; line < 20_000; line++) log.append('stdout', `line ${line}`);
    expect(await read(log, { ...defaults, tailLines: 2 })).toBe('line 19998\nline 19999\n');
    expect(await read(log, { ...defaults, tailLines: 0 })).toBe('');
    expect((await read(log, { ...defaults, tailLines: 1_000_000 })).split('\n')).toHaveLength(20_001);
  });

  it('keeps to a time and to a number of bytes', async () => {
    const clock = new FakeClock();
    const log = newLog(clock);
    log.append('stdout', 'early');
    await clock.advance(60_000);
    log.append('stdout', 'late');
    expect(await read(log, { ...defaults, sinceMs: clock.now() - 1000 })).toBe('late\n');
    expect(await read(log, { ...defaults, limitBytes: 8 })).toBe('early\nla');
  });

  it('keeps no more of a follower than its last wait, however long it follows', async () => {
    const log = newLog();
    const { signal } = new AbortController();
    for (let look = 0; look < 5; look++) {
      const waits = [log.changedSince(log.version, signal), log.changedSince(log.version, signal)];
      log.append('stdout', 'line');
      await Promise.all(waits);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  // As on a real node: who falls behind by more than one rotation loses what was rotated away.
  it('is followed until it is closed, over rotations', async () => {
    const log = newLog(new FakeClock(), 100);
    const following = readLog(log, { ...defaults, follow: true }, AbortSignal.timeout(5000));
    for (let number = 0; number < 30; number++) {
      log.append('stdout', `line ${number}`);
      const { value } = await following.next();
      expect(String(value)).toBe(`line ${number}\n`);
    }
    expect(log.generation).toBeGreaterThan(5);
    log.close();
    expect(await following.next()).toMatchObject({ done: true });
  });

  it('stops following when the reader goes', async () => {
    const log = newLog();
    const gone = new AbortController();
    const following = read(log, { ...defaults, follow: true }, gone.signal);
    gone.abort();
    expect(await following).toBe('');
  });
});
