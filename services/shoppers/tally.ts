const maxDurations = 10_000;

export interface Summary {
  sent: number;
  ok: number;
  failed: number;
  skipped: number;
  p95Ms: number | null;
}

export interface Tally {
  add(ok: boolean, durationMs: number): void;
  skip(): void;
  summary(): Summary;
}

/** Counts what became of the errands of one period. */
export function createTally(): Tally {
  const durationsMs: number[] = [];
  let ok = 0;
  let failed = 0;
  let skipped = 0;
  return {
    add(wasOk, durationMs) {
      if (wasOk) {
        ok++;
      } else {
        failed++;
      }
      if (durationsMs.length < maxDurations) {
        durationsMs.push(durationMs);
      }
    },
    skip() {
      skipped++;
    },
    summary() {
      const sorted = durationsMs.toSorted((one, other) => one - other);
      const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1];
      return { sent: ok + failed, ok, failed, skipped, p95Ms: p95 === undefined ? null : Math.round(p95) };
    },
  };
}
