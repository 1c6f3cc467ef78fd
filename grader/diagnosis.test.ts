import { describe, expect, it } from 'vitest';
import { scoreDiagnosis } from './diagnosis.ts';
import type { PlannedIssue } from './grading-plan.ts';

const issue = (id: string, component: string, kind: string, synonyms: string[] = []): PlannedIssue => ({
  id,
  title: id,
  complaint: id,
  component,
  cause: id,
  points: 8,
  checks: [],
  answer: { component, kind, synonyms },
});
const issues = [
  issue('env', 'database-service', 'configuration', ['DB_NAME', 'database']),
  issue('chaos', 'database-service', 'chaos', ['random errors']),
  issue('retry', 'order-service', 'code', ['no back-off']),
];
const said = (component: string, kind: string, atMs = 0) => ({ component, kind, atMs });
const score = (...findings: ReturnType<typeof said>[]) => scoreDiagnosis(issues, findings, new Map([['env', 100]]));

describe('a diagnosis', () => {
  it.each([
    ['component and kind', said('database-service', 'configuration'), 3],
    ['a synonym of the fault', said('Database service', 'db_name'), 3],
    ['a synonym of the kind', said('database', 'environment variable'), 3],
    ['the same word, written differently', said('order-service', 'No Backoff'), 3],
    ['the component alone', said('database-service', 'networking'), 1],
    ['the kind of another component', said('order-service', 'chaos'), 1],
    ['a component in place of a kind', said('database-service', 'database'), 1],
    ['something else', said('gateway', 'selector'), 0],
    ['nothing', said('', ''), 0],
  ])('%s', (_, finding, points) => {
    expect(score(finding).points).toBe(points);
  });
  it('counts each finding for one issue, the best one', () => {
    const { points, issues: judged } = score(said('database-service', 'chaos'), said('database-service', 'DB_NAME'));
    expect(points).toBe(6);
    expect(judged.map(({ kind }) => kind)).toEqual([true, true, false]);
  });
  it('earns nothing once a grading has shown the answer', () => {
    const { points, issues: judged } = score(said('database-service', 'DB_NAME', 100));
    expect(points).toBe(0);
    expect(judged[0]).toMatchObject({ late: true, kind: true });
  });
  it('does not pay for guessing everything', () => {
    const guesses = ['configuration', 'image', 'chaos', 'code', 'probe'].flatMap((kind) => [
      said('database-service', kind),
      said('order-service', kind),
    ]);
    expect(score(...guesses)).toMatchObject({ points: 2, maxPoints: 9, findings: 10 });
  });
});
