import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verdictOf } from './testing/verdicts.ts';
import { verdictSchemaText } from './verdict-schema.ts';
import { verdictSchema, withoutCauses } from './verdict.ts';

describe('a verdict as a trainee reads it', () => {
  const told = withoutCauses(verdictOf());
  const [repaired, open] = told.issues;

  it('names a repaired issue and its cause', () => {
    expect(repaired).toMatchObject({ title: 'A has no name', cause: 'NAME was not set' });
  });
  it('knows an open issue by its complaint only', () => {
    expect(open).toMatchObject({ title: 'Orders are lost', number: 2 });
    expect(JSON.stringify(open)).not.toMatch(/SECRET_SWITCH|B throws orders away/);
  });
  it('still is a verdict', () => {
    expect(verdictSchema.parse(told)).toEqual(told);
  });
});

describe('the published schema', () => {
  it('is that of the verdicts (else: node grader/verdict-schema.ts > grader/verdict.schema.json)', async () => {
    const published = await readFile(join(import.meta.dirname, 'verdict.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(verdictSchemaText()));
  });
});
