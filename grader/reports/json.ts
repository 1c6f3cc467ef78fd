import type { Verdict } from '../verdict.ts';

export function jsonReport(verdict: Verdict): string {
  return `${JSON.stringify(verdict, undefined, 2)}\n`;
}
