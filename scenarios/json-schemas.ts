import { z } from 'zod';
import { faultSchema } from './fault.ts';
import { scenarioSchema } from './scenario.ts';

/** What editors check while one writes: the text of each published JSON Schema, by its file beside this one. */
export function jsonSchemas(): Record<string, string> {
  const text = (title: string, schema: z.ZodType): string =>
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) }, null, 2)}\n`;
  return {
    'fault.schema.json': text('A fault of brokenprod', faultSchema),
    'scenario.schema.json': text('A scenario of brokenprod', scenarioSchema),
  };
}
