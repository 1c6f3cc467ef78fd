import { describe, expect, it } from 'vitest';
import { type CpuAccount, decideCpu, openAccount, resume, settle } from './cpu-quota.ts';

/** Runs a program on one core for a while under a limit; returns its share of the core after the first second. */
function shareOf(limitMillis: number, demand: number): { share: number; stops: number } {
  let account: CpuAccount = openAccount(0);
  let [cpuMs, stops, measuredFrom] = [0, 0, 0];
  let atMs = 0;
  while (atMs < 11_000) {
    if (atMs < 1000) measuredFrom = cpuMs;
    const decision = decideCpu(account, limitMillis);
    if (decision.kind === 'stop') {
      stops++;
      atMs += decision.forMs;
      account = settle(resume(account, limitMillis), limitMillis, { atMs, cpuMs });
      continue;
    }
    const stepMs = decision.lookInMs ?? 100;
    atMs += stepMs;
    cpuMs += stepMs * demand;
    // As /proc tells it: in whole steps.
    account = settle(account, limitMillis, { atMs, cpuMs: Math.floor(cpuMs / 10) * 10 });
  }
  return { share: (cpuMs - measuredFrom) / 10_000, stops };
}

describe('a CPU quota', () => {
  it.for([50, 100, 250, 500, 900])('holds a busy process to %im', (limitMillis) => {
    expect(shareOf(limitMillis, 1).share).toBeCloseTo(limitMillis / 1000, 1);
  });

  it.for([12, 25])('holds a busy process to next to nothing: %im', (limitMillis) => {
    expect(shareOf(limitMillis, 1).share).toBeLessThan((2 * limitMillis) / 1000);
  });

  it('holds a process with two busy threads to its limit', () => {
    expect(shareOf(500, 2).share).toBeCloseTo(0.5, 1);
  });

  it('leaves alone what stays under its limit', () => {
    expect(shareOf(500, 0.4)).toMatchObject({ stops: 0 });
    expect(shareOf(500, 0.4).share).toBeCloseTo(0.4, 1);
  });

  it('leaves nothing of what a start may cost to those who come after it', () => {
    const started = settle(openAccount(0), 12, { atMs: 1_000, cpuMs: 200 });
    expect(started.balanceMs).toBe(300);
    const idle = settle(started, 12, { atMs: 3_000, cpuMs: 200 });
    expect(idle.balanceMs).toBe(1.2);
    expect(decideCpu(settle(idle, 12, { atMs: 3_050, cpuMs: 230 }), 12)).toMatchObject({ kind: 'stop' });
  });

  it('looks closely only at what comes near its limit', () => {
    const idle = settle({ ...openAccount(0), balanceMs: 50 }, 500, { atMs: 100, cpuMs: 10 });
    expect(decideCpu(idle, 500)).toEqual({ kind: 'run' });
    const busy = settle(idle, 500, { atMs: 200, cpuMs: 50 });
    expect(decideCpu(busy, 500)).toMatchObject({ kind: 'run', lookInMs: 10 });
  });

  it('lets a container in debt go on a little in every period', () => {
    const burst = settle({ ...openAccount(0), balanceMs: 10 }, 100, { atMs: 100, cpuMs: 150 });
    expect(decideCpu(burst, 100)).toEqual({ kind: 'stop', forMs: 100 });
    const resumed = settle(resume(burst, 100), 100, { atMs: 200, cpuMs: 150 });
    expect(resumed.balanceMs).toBe(-130);
    expect(decideCpu(resumed, 100)).toMatchObject({ kind: 'run', lookInMs: 5 });
    expect(decideCpu(settle(resumed, 100, { atMs: 205, cpuMs: 155 }), 100)).toMatchObject({ kind: 'stop' });
  });
});
