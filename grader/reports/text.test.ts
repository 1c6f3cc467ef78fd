import { describe, expect, it } from 'vitest';
import { verdictOf } from '../testing/verdicts.ts';
import { withoutCauses } from '../verdict.ts';
import { textReport } from './text.ts';

const verdict = withoutCauses(verdictOf());

describe('the report for a terminal', () => {
  const lines = textReport(verdict).split('\n');

  it('needs one line for what is well', () => {
    expect(lines.slice(lines.indexOf('  ✓ 1 A has no name (8/8)')).at(1)).toBe('  ✗ 2 Orders are lost (0/8)');
  });
  it('shows seen, wanted, why and where for what is not', () => {
    const at = lines.indexOf('  ✗ 2 Orders are lost (0/8)');
    const rows = lines.slice(at + 1, at + 5).map((line) => line.trim());
    expect(rows).toEqual(['seen    one', 'wanted  two', 'why     it matters', 'look at the log']);
  });
  it('marks what could not be judged', () => {
    expect(lines).toContain('  ? Logs are clean (0/5)');
  });
  it('says what a quick look is worth, what hints cost and what could not be put back', () => {
    const text = lines.join('\n');
    expect(text).toMatch(/quick look of 6 s/);
    expect(text).toMatch(/2 opened, minus 2 points/);
    expect(text).toMatch(/could not be put back: a pod ran/);
    expect(text).toMatch(/20 of 20 succeeded, half within 20 ms, 95 % within 80 ms, slowest 101 ms/);
  });
  it('gives no cause away, unless asked to explain', () => {
    expect(lines.join('\n')).not.toContain('SECRET_SWITCH');
    expect(textReport(verdictOf())).toContain('SECRET_SWITCH is on');
  });
  it('wraps at the given width and uses colours only when asked', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(textReport(verdict)).not.toContain('\u001B');
    expect(textReport(verdict, { color: true })).toContain('\u001B');
  });
});
