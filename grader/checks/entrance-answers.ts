import { z } from 'zod';
import { defineCheck, finding, type CheckContext, type Meaning } from '../check.ts';
import { askUrl } from '../http.ts';
import type { Finding } from '../verdict.ts';

const params = z.strictObject({ path: z.string(), contains: z.string() });
type Params = z.infer<typeof params>;

/** The shop's public address leads to the component that belongs there. */
export const entranceAnswers = defineCheck<Params>({ phase: 'after', params, run });

const tries = 5;

async function run({ path, contains }: Params, context: CheckContext): Promise<Finding> {
  const meaning: Meaning = {
    expected: `${context.entranceUrl}${path} is answered by ${contains}, each of ${tries} times`,
    why: 'this is the address that customers use',
    where: 'the Service in front, its endpoints and its ports',
  };
  for (let tried = 0; tried < tries; tried++) {
    const reply = await askUrl(`${context.entranceUrl}${path}`, { timeoutMs: 4_000, signal: context.signal });
    if (reply.status === 200 && reply.text.includes(contains)) continue;
    const observed = reply.problem ?? `${reply.status} ${reply.text.slice(0, 100)}`;
    return finding('fail', observed.trim(), meaning);
  }
  return finding('pass', `${contains} answers`, meaning);
}
