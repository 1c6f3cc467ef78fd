import { describe, expect, it } from 'vitest';
import { findScheduleProblem, nextTimeMs, parseSchedule } from './schedule.ts';

function next(schedule: string, after: string, timeZone?: string): string | undefined {
  const atMs = nextTimeMs(parseSchedule(schedule), Date.parse(after), timeZone);
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

describe('a schedule', () => {
  it.each([
    ['* * * * *', '2026-11-21T12:00:30Z', '2026-11-21T12:01:00.000Z'],
    ['*/15 * * * *', '2026-11-21T12:45:00Z', '2026-11-21T13:00:00.000Z'],
    ['5/20 9-17 * * MON-FRI', '2026-11-21T12:00:00Z', '2026-11-23T09:05:00.000Z'],
    ['0 0 1 jan,jul *', '2026-11-21T12:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 12 13 * 5', '2026-11-21T12:00:00Z', '2026-11-27T12:00:00.000Z'],
    ['0 0 29 2 *', '2026-11-21T12:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['@daily', '2026-11-21T12:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['0 0 31 2 *', '2026-11-21T12:00:00Z', undefined],
    ['@every 1h30m', '2026-11-21T12:00:00.700Z', '2026-11-21T13:30:00.000Z'],
    ['@every 10ms', '2026-11-21T12:00:00Z', '2026-11-21T12:00:01.000Z'],
  ])('%s comes after %s at %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it('is read on the clocks of its time zone, in summer and in winter', () => {
    expect(next('30 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T07:30:00.000Z');
    expect(next('30 9 * * *', '2026-12-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-12-01T08:30:00.000Z');
  });

  it('leaves out an hour that the clocks leave out', () => {
    expect(next('30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-30T00:30:00.000Z');
  });

  it.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['9-5 * * * *', 'beginning of range (9) beyond end of range (5): 9-5'],
    ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
    ['@every 1d', 'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'],
    ['@often', 'unrecognized descriptor: @often'],
    ['0 0 * * *', undefined],
    ['@every 5m', undefined],
  ])('%j: %s', (schedule, problem) => {
    expect(findScheduleProblem(schedule)).toBe(problem);
  });
});
