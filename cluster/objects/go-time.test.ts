import { expect, it } from 'vitest';
import { timeProblem } from './go-time.ts';

const second = '2006-01-02T15:04:05Z07:00';
const micro = '2006-01-02T15:04:05.000000Z07:00';

it.each(['2026-11-21T19:00:00Z', '2026-11-21T19:00:00.5Z', '2028-02-29T19:00:00+02:00'])('%s is a time', (text) => {
  expect(timeProblem(text, false)).toBeUndefined();
});

it.each([
  ['yesterday', false, `parsing time "yesterday" as "${second}": cannot parse "yesterday" as "2006"`],
  ['', false, `parsing time "" as "${second}": cannot parse "" as "2006"`],
  ['2026-11-21', false, `parsing time "2026-11-21" as "${second}": cannot parse "" as "T"`],
  ['2026-13-21T19:00:00Z', false, 'parsing time "2026-13-21T19:00:00Z": month out of range'],
  ['2026-02-29T19:00:00Z', false, 'parsing time "2026-02-29T19:00:00Z": day out of range'],
  ['2026-11-21T19:00:00Zulu', false, 'parsing time "2026-11-21T19:00:00Zulu": extra text: "ulu"'],
  ['2026-11-21T19:00:00Z', true, `parsing time "2026-11-21T19:00:00Z" as "${micro}": cannot parse "Z" as ".000000"`],
])('%j (six digits: %s) is refused', (text, isMicro, problem) => {
  expect(timeProblem(text, isMicro)).toBe(problem);
});

it('a MicroTime has six digits', () => {
  expect(timeProblem('2026-11-21T19:00:00.000000Z', true)).toBeUndefined();
});
