import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { faultSchema } from './fault.ts';
import { jsonSchemas } from './json-schemas.ts';
import { readDocument, type DocumentError, type Problem } from './read-document.ts';
import { scenarioSchema } from './scenario.ts';

const template = join(import.meta.dirname, 'template/fault/fault.yaml');

/** What is said about the template with one text in it replaced. */
async function problemsWith(from: string, to: string): Promise<readonly Problem[]> {
  const dir = await mkdtemp(join(tmpdir(), 'document-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const file = join(dir, 'fault.yaml');
  await writeFile(file, (await readFile(template, 'utf8')).replace(from, to));
  return readDocument(file, faultSchema).then(
    () => [],
    (error: unknown) => (error as DocumentError).problems,
  );
}

describe('a document', () => {
  it('is good in both templates', async () => {
    expect((await readDocument(template, faultSchema)).value.id).toBe('fault');
    const scenario = join(import.meta.dirname, 'template/scenario/scenario.yaml');
    expect((await readDocument(scenario, scenarioSchema)).value.id).toBe('scenario');
  });

  it('with a wrong value: line, field, and what may be written', async () => {
    const [problem] = await problemsWith('severity: SEV2', 'severity: high');
    expect(problem).toMatchObject({ line: 10, field: 'severity', message: expect.stringContaining('"SEV2"') });
  });

  it('with a misspelt field: the one that was meant', async () => {
    const problems = await problemsWith('rootCause:', 'rootcause:');
    const messages = problems.map(({ line, message }) => `${line} ${message}`);
    expect(messages).toContainEqual(expect.stringMatching(/^12 .*did you mean "rootCause"/));
    expect(messages).toContainEqual(expect.stringContaining('is missing'));
  });

  it('with a step that is none of the known ones: what is wrong in the one that comes nearest', async () => {
    const problems = await problemsWith('kubectl: [set,', 'kubectl: set, # [');
    expect(problems).toEqual([
      { line: 37, field: 'solutions[0].steps[0].kubectl', message: expect.stringContaining('array') },
    ]);
  });

  it('that is no YAML: where it ends to be one', async () => {
    const [problem] = await problemsWith('title: notification', 'title: "notification');
    expect(problem).toMatchObject({ field: '', message: expect.stringMatching(/quote|scalar/i) });
  });
});

describe('the published schemas', () => {
  it.each(Object.entries(jsonSchemas()))('%s is current (else: node scripts/schemas.ts)', async (name, text) => {
    expect(await readFile(join(import.meta.dirname, name), 'utf8')).toBe(text);
  });
});
