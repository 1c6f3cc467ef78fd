import { describe, expect, it } from 'vitest';
import { cameLater, linesMatch } from './ranges.ts';

describe('linesMatch', () => {
  it('takes ages as ranges', () => {
    expect(linesMatch('web   1/1   Running   0   10s', 'web   1/1   Running   0   14s')).toBe(true);
    expect(linesMatch('web   1/1   Running   0   10s', 'web   1/1   Running   0   5m')).toBe(false);
  });

  it('forgives ages by as much as the second run came late', () => {
    const late = { seconds: 50, factor: 6 };
    expect(linesMatch('web   1/1   Running   0   10s', 'web   1/1   Running   0   60s', late)).toBe(true);
  });

  it('lets restarts differ by one, and only restarts', () => {
    expect(linesMatch('web   0/1   Error   2 (5s ago)   40s', 'web   0/1   Error   3 (2s ago)   40s')).toBe(true);
    expect(linesMatch('web   0/1   Error   2 (5s ago)   40s', 'web   0/1   Error   7 (2s ago)   40s')).toBe(false);
    expect(linesMatch('web   2   2   2   40s', 'web   2   3   2   40s')).toBe(false);
  });

  it('takes the counts of events as ranges', () => {
    const line = (age: string) => `Warning  BackOff  ${age}  kubelet  Back-off restarting failed container`;
    expect(linesMatch(line('10s (x4 over 71s)'), line('2s (x5 over 80s)'))).toBe(true);
    expect(linesMatch(line('10s (x4 over 71s)'), line('2s (x40 over 80s)'))).toBe(false);
  });

  it('keeps words and numbers inside a cell exact', () => {
    expect(linesMatch('delay=0s timeout=1s period=10s', 'delay=0s timeout=1s period=11s')).toBe(false);
    expect(linesMatch('  Reason:  Error', '  Reason:  Completed')).toBe(false);
  });
});

describe('cameLater', () => {
  const late = { seconds: 5, factor: 1.5 };

  it('is true of an event that is younger than the second run is late', () => {
    expect(cameLater('  Normal   Killing    4s    kubelet   Container web failed liveness probe', late)).toBe(true);
    expect(cameLater('4s   Normal   Killing   pod/web   Container web failed liveness probe', late)).toBe(true);
  });

  it('is false of an older one, of one that only came again, and of what is no event', () => {
    expect(cameLater('9s   Normal   Killing   pod/web   Container web failed liveness probe', late)).toBe(false);
    expect(cameLater('  Warning   BackOff    2s (x3 over 9s)    kubelet   Back-off', late)).toBe(false);
    expect(cameLater('web   0/1   Error   0   2s', late)).toBe(false);
  });
});
