import { z } from 'zod';

/** The three answers. What the grader or the engine could not find out is never a pass and never a fail. */
export const answerSchema = z.enum(['pass', 'fail', 'undetermined']);
export type Answer = z.infer<typeof answerSchema>;

/** What one question to the system brought to light. */
const findingSchema = z.object({
  verdict: answerSchema,
  observed: z.string().describe('what was asked and what came back; never the setting that is behind it'),
  expected: z.string(),
  why: z.string().describe('why it matters to the people who use the shop'),
  where: z.string().describe('where to look next; never what to do'),
  cause: z.string().optional().describe('what is behind it; only once the issue is repaired, or for an instructor'),
});
export type Finding = z.infer<typeof findingSchema>;

const checkResultSchema = findingSchema.extend({ kind: z.string().describe('the kind of check') });
export type CheckResult = z.infer<typeof checkResultSchema>;

const cameAboutSchema = z
  .enum(['change', 'roll-back', 'in-one-go'])
  .describe('how a repair came about: by a change of its own, a roll-back, or many components put right together');
export type CameAbout = z.infer<typeof cameAboutSchema>;

const issueSchema = z.object({
  number: z.int().describe("counted from 1, in the scenario's order; names the issue without giving it away"),
  id: z.string(),
  title: z.string().describe('what was wrong; while the issue is open, the complaint'),
  complaint: z.string().describe('what a customer or an alert says'),
  component: z.string(),
  verdict: answerSchema,
  points: z.number(),
  maxPoints: z.number(),
  checks: z.array(checkResultSchema),
  cause: z.string().optional(),
  cameAbout: cameAboutSchema.optional(),
});
export type IssueVerdict = z.infer<typeof issueSchema>;

const criterionSchema = z.object({
  id: z.string(),
  title: z.string(),
  verdict: answerSchema,
  points: z.number(),
  maxPoints: z.number(),
  observed: z.string(),
  expected: z.string(),
  checks: z.array(checkResultSchema),
});
export type CriterionVerdict = z.infer<typeof criterionSchema>;

const milliseconds = z.number().nullable();
const orderFiguresSchema = z.object({
  sent: z.int(),
  succeeded: z.int(),
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  maxMs: milliseconds,
});
export type OrderFigures = z.infer<typeof orderFiguresSchema>;

const perturbationSchema = z
  .object({
    what: z.string(),
    undone: z.boolean(),
    inShop: z.boolean().optional().describe('in the shop itself, not in a copy beside it'),
  })
  .describe('something that the grader changed in the cluster for a question');
export type Perturbation = z.infer<typeof perturbationSchema>;

const seconds = z.number().nullable();
const timesSchema = z.object({
  detectS: seconds.describe('until the first look at the cluster, or the first finding'),
  diagnoseS: seconds.describe('until the first right finding'),
  mitigateS: seconds.describe('until the last change before the first issue was seen to pass'),
  resolveS: seconds.describe('until the last change before everything was seen to pass'),
});
export type Times = z.infer<typeof timesSchema>;

const diagnosedIssueSchema = z.object({
  number: z.int(),
  component: z.boolean(),
  kind: z.boolean(),
  late: z.boolean().describe('found only after a grading had shown the answer'),
  points: z.number(),
});

const diagnosisSchema = z.object({
  points: z.number(),
  maxPoints: z.number(),
  findings: z.int(),
  issues: z.array(diagnosedIssueSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** A grading run, as `grade --json` prints it. */
export const verdictSchema = z.object({
  scenario: z.string(),
  engine: z.string(),
  seed: z.string().nullable(),
  quick: z.boolean(),
  windowS: z.number(),
  verdict: answerSchema,
  score: z.number(),
  maxScore: z.number(),
  startedAt: z.string(),
  finishedAt: z.string(),
  issues: z.array(issueSchema),
  criteria: z.array(criterionSchema),
  orders: orderFiguresSchema,
  hintsUsed: z.int(),
  hintPenalty: z.number(),
  times: timesSchema,
  timesFrom: z
    .enum(['audit', 'objects'])
    .optional()
    .describe('what the times go by: a record of all requests, or only what the objects keep of their last changes'),
  diagnosis: diagnosisSchema.optional().describe('scored apart from the repair'),
  perturbations: z.array(perturbationSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A whole is as good as its worst part; a failed part outweighs one that could not be judged. */
export function worst(answers: readonly Answer[]): Answer {
  if (answers.includes('fail')) return 'fail';
  return answers.length === 0 || answers.includes('undetermined') ? 'undetermined' : 'pass';
}

/**
 * The verdict as a trainee may read it: an issue that is open is known by its complaint, keeps its cause, and does not
 * tell whether it was diagnosed rightly, as one could try until it says so.
 */
export function withoutCauses(verdict: Verdict): Verdict {
  const { diagnosis } = verdict;
  const isRepaired = (number: number): boolean => verdict.issues[number - 1]?.verdict === 'pass';
  const told = diagnosis?.issues.filter(({ number }) => isRepaired(number)) ?? [];
  const earned = told.reduce((sum, { points }) => sum + points, 0);
  return {
    ...verdict,
    issues: verdict.issues.map((issue) => (issue.verdict === 'pass' ? issue : asComplaint(issue))),
    criteria: verdict.criteria.map((criterion) => ({ ...criterion, checks: criterion.checks.map(silent) })),
    ...(diagnosis && {
      diagnosis: { ...diagnosis, issues: told, points: Math.min(earned, diagnosis.points) },
      times: {
        ...verdict.times,
        diagnoseS: told.some(({ kind, late }) => kind && !late) ? verdict.times.diagnoseS : null,
      },
    }),
  };
}

function asComplaint(issue: IssueVerdict): IssueVerdict {
  const told = { ...issue, title: issue.complaint, checks: issue.checks.map(silent) };
  delete told.cause;
  return told;
}

function silent(check: CheckResult): CheckResult {
  const told = { ...check };
  delete told.cause;
  return told;
}
