import { describe, expect, it } from 'vitest';
import { cameAbout } from './came-about.ts';
import type { Deed, Seen } from './times.ts';

const second = 1_000;
const change = (atS: number, component: string, isRollBack = false): Deed => ({
  atMs: atS * second,
  kind: 'change',
  component,
  isRollBack,
});
const graded = (atS: number, verdict: Seen['verdict']): Seen => ({
  atMs: atS * second,
  verdict,
  issues: [{ id: 'i', verdict }],
});
const issue = { id: 'i', component: 'gateway' };

describe('how a repair came about', () => {
  it('is a change of its own', () => {
    expect(cameAbout(issue, [change(5, 'gateway'), change(50, 'api-service')], [graded(60, 'pass')])).toBe('change');
  });
  it('is a roll-back when that came last before the issue was seen to pass', () => {
    const deeds = [change(5, 'gateway'), change(20, 'gateway', true), change(90, 'gateway')];
    expect(cameAbout(issue, deeds, [graded(10, 'fail'), graded(60, 'pass'), graded(99, 'pass')])).toBe('roll-back');
  });
  it('is a later change when the roll-back did not hold', () => {
    const deeds = [change(20, 'gateway', true), change(90, 'gateway')];
    expect(cameAbout(issue, deeds, [graded(60, 'pass'), graded(70, 'fail'), graded(99, 'pass')])).toBe('change');
  });
  it('is told when many components were put right in one go', () => {
    const deeds = [change(20, 'api-service'), change(21, 'gateway'), change(22, 'order-service')];
    expect(cameAbout(issue, deeds, [graded(60, 'pass')])).toBe('in-one-go');
    expect(cameAbout(issue, [change(2, 'api-service'), ...deeds.slice(1)], [graded(60, 'pass')])).toBe('change');
  });
  it('stays open when nothing explains it, or nothing was repaired', () => {
    expect(cameAbout(issue, [change(5, 'api-service')], [graded(60, 'pass')])).toBeUndefined();
    expect(cameAbout(issue, [change(5, 'gateway')], [graded(60, 'fail')])).toBeUndefined();
  });
});
