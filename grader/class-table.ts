import type { Bundle } from './bundle.ts';
import type { Answer, Diagnosis } from './verdict.ts';
import { duration } from './reports/text.ts';

/** One person's bundle, or why there is none that counts. */
export interface Submission {
  person: string;
  bundle: Bundle | null;
  /** Of all findings, those on open issues too; the bundle itself tells only of repaired ones. */
  diagnosis?: Diagnosis;
  /** What is wrong with it, each in a sentence. */
  problems: readonly string[];
}

export interface ClassTable {
  head: string[];
  rows: string[][];
  /** What an instructor should look at, each in a sentence. */
  remarks: string[];
  people: Person[];
}

/** What one person found and repaired, for whoever reads it. */
export interface Person {
  person: string;
  issues: { number: number; title: string; verdict: Answer; component: boolean; kind: boolean; late: boolean }[];
  findings: Readonly<Record<string, string>>[];
}

/** @param options.maxAgeMs tells which bundles are older than this at `nowMs` */
export function classTable(
  submissions: readonly Submission[],
  options: { nowMs: number; maxAgeMs?: number | undefined },
): ClassTable {
  const width = Math.max(0, ...submissions.map(({ bundle }) => bundle?.verdict.issues.length ?? 0));
  const numbers = Array.from({ length: width }, (_, index) => `${index + 1}`);
  return {
    head: ['person', 'score', 'diagnosis', ...numbers, 'hints', 'resolved', 'scenario', 'seed', 'graded', 'sound'],
    rows: submissions.map((submission) => rowOf(submission, width)),
    remarks: [
      ...submissions.flatMap(({ person, problems }) => problems.map((problem) => `${person}: ${problem}`)),
      ...tooOld(submissions, options),
      ...equalities(submissions),
    ],
    people: submissions.flatMap(personOf),
  };
}

function personOf({ person, bundle, diagnosis }: Submission): Person[] {
  if (!bundle) return [];
  const issues = bundle.verdict.issues.map(({ number, title, verdict }) => {
    const {
      component = false,
      kind = false,
      late = false,
    } = diagnosis?.issues.find((one) => one.number === number) ?? {};
    return { number, title, verdict, component, kind, late };
  });
  return [{ person, issues, findings: bundle.findings }];
}

function rowOf({ person, bundle, diagnosis: judged, problems }: Submission, width: number): string[] {
  if (!bundle) return [person, '', '', ...Array.from({ length: width }, () => ''), '', '', '', '', '', 'no'];
  const { verdict, facts } = bundle;
  const diagnosis = judged ?? verdict.diagnosis;
  const issues = Array.from({ length: width }, (_, index) => {
    const issue = verdict.issues[index];
    return issue ? `${issue.points}/${issue.maxPoints}` : '';
  });
  const { times, hintsUsed, score, maxScore, quick } = verdict;
  return [
    person,
    `${score}/${maxScore}${quick ? ' (quick)' : ''}`,
    diagnosis ? `${diagnosis.points}/${diagnosis.maxPoints}` : '',
    ...issues,
    `${hintsUsed}`,
    times.resolveS === null ? '' : duration(times.resolveS),
    // Points compare only where the incident is the same.
    facts.faults.length > 0 ? `${facts.scenario} (${facts.faults.join(', ')})` : facts.scenario,
    facts.seed ?? '',
    facts.gradedAt.slice(0, 16).replace('T', ' '),
    problems.length === 0 ? 'yes' : 'no',
  ];
}

function tooOld(
  submissions: readonly Submission[],
  { nowMs, maxAgeMs }: { nowMs: number; maxAgeMs?: number | undefined },
): string[] {
  if (maxAgeMs === undefined) return [];
  return submissions.flatMap(({ person, bundle }) => {
    const ageMs = nowMs - Date.parse(bundle?.facts.gradedAt ?? '');
    if (!(ageMs > maxAgeMs)) return [];
    return [`${person}: the bundle is ${Math.round(ageMs / 3_600_000)} hours old.`];
  });
}

/** Things that two people's work can't well have in common. */
const fingerprints: Record<string, (bundle: Bundle) => string | undefined> = {
  'the same grading': ({ digests }) => digests[1]?.sha256,
  'the same orders of the grader': ({ evidence }) => evidence.observed?.window.orders[0]?.reference,
  'the key of one lab': ({ publicKey }) => publicKey,
  'findings in the same words': ({ findings }) => {
    const words = findings.map(({ symptom = '', rootCause = '', impact = '', fix = '' }) =>
      [symptom, rootCause, impact, fix].join(' '),
    );
    const text = words.join(' ').toLowerCase().replaceAll(/\s+/g, ' ').trim();
    // A word or two may well be the same.
    return text.length < 40 ? undefined : text;
  },
};

function equalities(submissions: readonly Submission[]): string[] {
  return Object.entries(fingerprints).flatMap(([what, of]) => {
    const known = submissions.flatMap(({ person, bundle }) => {
      const print = bundle && of(bundle);
      return print ? [{ person, print }] : [];
    });
    const groups = [...Map.groupBy(known, ({ print }) => print).values()].filter((group) => group.length > 1);
    return groups.map((group) => `${group.map(({ person }) => person).join(', ')}: ${what}.`);
  });
}

export function classText({ head, rows, remarks }: ClassTable): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...lines,
    ...(remarks.length > 0 ? ['', 'To look at:', ...remarks.map((remark) => `  ${remark}`)] : []).values(),
  ].join('\n');
}

export function classCsv({ head, rows }: ClassTable): string {
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

/** A cell that a spreadsheet would take for a formula stays text. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
