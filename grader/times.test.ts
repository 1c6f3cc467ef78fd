import { describe, expect, it } from 'vitest';
import { timesOf, type Deed, type Seen } from './times.ts';

const second = 1_000;
const deed = (atS: number, kind: Deed['kind']): Deed => ({ atMs: atS * second, kind });
const seen = (atS: number, verdict: Seen['verdict'], ...issues: Seen['verdict'][]): Seen => ({
  atMs: atS * second,
  verdict,
  issues: issues.map((answer, index) => ({ id: `${index}`, verdict: answer })),
});

describe('times', () => {
  it('come from what was done, not from when the grader ran', () => {
    const deeds = [deed(40, 'look'), deed(90, 'change'), deed(200, 'change')];
    const gradings = [seen(150, 'fail', 'pass', 'fail'), seen(900, 'pass', 'pass', 'pass')];
    expect(timesOf(10 * second, deeds, gradings, [60 * second])).toEqual({
      detectS: 30,
      diagnoseS: 50,
      mitigateS: 80,
      resolveS: 190,
    });
  });
  it('leave out what belongs to a lab before', () => {
    const times = timesOf(100 * second, [deed(50, 'change')], [seen(60, 'pass', 'pass')], [70 * second]);
    expect(times).toEqual({ detectS: null, diagnoseS: null, mitigateS: null, resolveS: null });
  });
  it('stay unknown while nothing is repaired', () => {
    const times = timesOf(0, [deed(5, 'change')], [seen(9, 'fail', 'fail')], []);
    expect(times).toMatchObject({ detectS: 5, mitigateS: null, resolveS: null });
  });
  it('never run backwards when the clock was turned back', () => {
    expect(timesOf(0, [deed(8, 'change'), deed(3, 'change')], [seen(9, 'pass', 'pass')], []).resolveS).toBe(3);
  });
});
