/**
 * The arithmetic of a CPU limit, as the kernel's bandwidth control has it: a share of each period, no saving up.
 * What a container used beyond its share, because nobody looked in time, is a debt that it pays by standing still.
 */

/** The period that quotas are given for, as Kubernetes sets it. */
export const periodMs = 100;
/**
 * Differs: what each container may use at once when it starts. It stands for what a process costs here and not in a
 * container of a real node: the preload, and Node reading its program from a disk that everybody shares.
 */
const startCreditMs = 500;
/** What is left of it by then is gone: it is for the start, and not for the first customers. */
const startLastsMs = 3_000;
/** However late somebody looked, no container pays for longer than this many periods. */
const maxDebtPeriods = 20;
/** Processor time is told in steps of 10 ms: looking more often shows nothing new. */
const shortestLookMs = 5;
const shortestStopMs = 10;
/** A container that was let go is seen to have used no less than this: a share below it takes turns of several periods. */
const shortestUseMs = 10;

/** What a container may still use, as of the last look. */
export interface CpuAccount {
  readonly openedAtMs: number;
  readonly atMs: number;
  /** Processor time used since the container started. */
  readonly cpuMs: number;
  /** Below zero: a debt. */
  readonly balanceMs: number;
  /** What a container in debt may use before it is stopped again: it goes slowly, but it goes. */
  readonly sliceMs: number;
  /** It uses most of its share, so that looking at it closely is worth it. */
  readonly isNear: boolean;
}

export type CpuDecision = { kind: 'run'; lookInMs?: number } | { kind: 'stop'; forMs: number };

export function openAccount(atMs: number): CpuAccount {
  return { openedAtMs: atMs, atMs, cpuMs: 0, balanceMs: startCreditMs, sliceMs: 0, isNear: true };
}

/**
 * Books what was earned and used since the last look. Pure.
 * @param limitMillis thousandths of a core
 */
export function settle(account: CpuAccount, limitMillis: number, now: { atMs: number; cpuMs: number }): CpuAccount {
  const quotaMs = quotaOf(limitMillis);
  const earnedMs = (Math.max(0, now.atMs - account.atMs) * quotaMs) / periodMs;
  const usedMs = Math.max(0, now.cpuMs - account.cpuMs);
  const isStarting = now.atMs - account.openedAtMs < startLastsMs;
  const fundsMs = Math.min(account.balanceMs + earnedMs, isStarting ? Math.max(quotaMs, account.balanceMs) : quotaMs);
  const balanceMs = Math.max(fundsMs - usedMs, -maxDebtPeriods * quotaMs);
  return {
    openedAtMs: account.openedAtMs,
    atMs: now.atMs,
    cpuMs: Math.max(now.cpuMs, account.cpuMs),
    balanceMs,
    sliceMs: Math.max(0, account.sliceMs - usedMs),
    isNear: balanceMs < quotaMs * 0.75 || usedMs > earnedMs / 2,
  };
}

/** Whether the container may go on, and when to look again. Pure. */
export function decideCpu(account: CpuAccount, limitMillis: number): CpuDecision {
  const quotaMs = quotaOf(limitMillis);
  const { balanceMs, sliceMs, isNear } = account;
  const leftMs = Math.max(balanceMs, sliceMs);
  if (leftMs <= 0) {
    const untilPaidMs = ((quotaMs / 2 - balanceMs) / quotaMs) * periodMs;
    const turnMs = periodMs * Math.max(1, shortestUseMs / quotaMs);
    return { kind: 'stop', forMs: Math.min(Math.max(untilPaidMs, shortestStopMs), turnMs) };
  }
  if (!isNear) return { kind: 'run' };
  return { kind: 'run', lookInMs: Math.min(Math.max(leftMs, shortestLookMs), periodMs / 2) };
}

/** The account of a container that has stood still for as long as it was told. Pure. */
export function resume(account: CpuAccount, limitMillis: number): CpuAccount {
  return { ...account, sliceMs: quotaOf(limitMillis) / 2 };
}

function quotaOf(limitMillis: number): number {
  return (limitMillis * periodMs) / 1000;
}
