import type { CheckResult, Verdict } from '../verdict.ts';
import { escapeMarkup as x } from './markup.ts';

/** The verdict as JUnit XML: a suite of issues and one of criteria; what could not be judged is an error. */
export function junitReport(verdict: Verdict): string {
  const seconds = (Date.parse(verdict.finishedAt) - Date.parse(verdict.startedAt)) / 1000;
  const name = x(verdict.scenario);
  const issues = verdict.issues.map((issue) => testCase(`${issue.number} ${issue.title}`, 'issues', issue));
  const criteria = verdict.criteria.map((criterion) => testCase(criterion.title, 'shop', criterion));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" time="${seconds}">`,
    suite('issues', verdict.issues, issues, verdict.startedAt),
    suite('shop', verdict.criteria, criteria, verdict.startedAt),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Part {
  verdict: Verdict['verdict'];
  checks: readonly CheckResult[];
}

function suite(name: string, parts: readonly Part[], cases: readonly string[], timestamp: string): string {
  const count = (answer: Verdict['verdict']): number => parts.filter(({ verdict }) => verdict === answer).length;
  const counts = `tests="${parts.length}" failures="${count('fail')}" errors="${count('undetermined')}"`;
  return [`  <testsuite name="${name}" ${counts} timestamp="${x(timestamp)}">`, ...cases, '  </testsuite>'].join('\n');
}

function testCase(name: string, suiteName: string, { verdict, checks }: Part): string {
  const head = `    <testcase name="${x(name)}" classname="${suiteName}"`;
  if (verdict === 'pass') return `${head}/>`;
  const open = checks.filter((check) => check.verdict !== 'pass');
  const text = open.map(
    ({ observed, expected, why, where }) => `seen: ${observed}\nwanted: ${expected}\nwhy: ${why}\nlook at: ${where}`,
  );
  const element = verdict === 'fail' ? 'failure' : 'error';
  const message = x(open.find((check) => check.verdict === verdict)?.observed ?? '');
  return `${head}><${element} message="${message}">${x(text.join('\n\n'))}</${element}></testcase>`;
}
