import { z } from 'zod';
import { verdictSchema } from './verdict.ts';

/** The published JSON Schema of a verdict, as the text of `verdict.schema.json`. */
export function verdictSchemaText(): string {
  const schema = z.toJSONSchema(verdictSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'Verdict of a brokenprod grading', ...schema }, null, 2)}\n`;
}

if (import.meta.main) process.stdout.write(verdictSchemaText());
