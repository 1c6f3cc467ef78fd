import { extname } from 'node:path';
import type { Evidence } from '../evidence.ts';
import type { Verdict } from '../verdict.ts';
import { htmlReport } from './html.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { textReport } from './text.ts';

/** The forms of a report, by the ending of its file. */
export const reports = {
  '.json': (verdict) => `${JSON.stringify(verdict, null, 2)}\n`,
  '.html': htmlReport,
  '.xml': junitReport,
  '.md': markdownReport,
  '.txt': (verdict) => textReport(verdict),
} satisfies Record<string, (verdict: Verdict, evidence: Evidence) => string>;

/** @returns undefined when there is no such form */
export function reportFor(file: string): ((verdict: Verdict, evidence: Evidence) => string) | undefined {
  const ending = extname(file).toLowerCase();
  return Object.hasOwn(reports, ending) ? reports[ending as keyof typeof reports] : undefined;
}
