/** Requests since the service started, as its metrics count them. */
export interface Totals {
  requests: number;
  failed: number;
}

/** What happened between one look and the next. */
export interface Sample extends Totals {
  at: string;
}

export interface History {
  add(totals: Totals, nowMs: number): void;
  readonly samples: readonly Sample[];
}

const counter = /^http_request_duration_seconds_count\{(?<labels>[^}]*)\} (?<value>[\d.e+]+)$/gm;

/** Reads the totals out of metrics in the text format of Prometheus. */
export function totalsOf(metrics: string): Totals {
  const totals = { requests: 0, failed: 0 };
  for (const { groups } of metrics.matchAll(counter)) {
    const count = Number(groups?.['value']);
    totals.requests += count;
    if (/\bstatus="5\d\d"/.test(groups?.['labels'] ?? '')) totals.failed += count;
  }
  return totals;
}

/** The newest `kept` samples. Counters that have become smaller tell of a restart, and count from zero. */
export function createHistory(kept: number): History {
  const samples: Sample[] = [];
  let before: Totals | undefined;
  return {
    samples,
    add(totals, nowMs) {
      const from = before && before.requests <= totals.requests ? before : { requests: 0, failed: 0 };
      const requests = before ? totals.requests - from.requests : 0;
      const failed = before ? Math.max(0, totals.failed - from.failed) : 0;
      before = totals;
      samples.push({ at: new Date(nowMs).toISOString(), requests, failed });
      if (samples.length > kept) samples.shift();
    },
  };
}
