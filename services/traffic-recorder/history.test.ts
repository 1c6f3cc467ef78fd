import { describe, expect, it } from 'vitest';
import { createHistory, totalsOf } from './history.ts';

const line = (status: number, count: number) =>
  `http_request_duration_seconds_count{method="GET",route="/products",status="${status}",service="api-service"} ${count}`;

describe('the history of traffic', () => {
  it('adds up all routes, and failures apart', () => {
    const metrics = ['# TYPE x histogram', line(200, 7), line(404, 1), line(503, 2), 'other_count{a="b"} 9'].join('\n');
    expect(totalsOf(metrics)).toEqual({ requests: 10, failed: 2 });
  });

  it('tells what happened between two looks, also across a restart, and keeps the newest', () => {
    const history = createHistory(3);
    for (const [requests, failed] of [
      [100, 5],
      [104, 5],
      [107, 6],
      [2, 1],
    ] as const)
      history.add({ requests, failed }, 0);
    expect(history.samples.map(({ requests, failed }) => [requests, failed])).toEqual([
      [4, 0],
      [3, 1],
      [2, 1],
    ]);
  });
});
