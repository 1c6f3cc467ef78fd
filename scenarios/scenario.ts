import { z } from 'zod';
import { checkSpecSchema } from './fault.ts';
import { levels } from './levels.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case words joined by hyphens');
const text = z.string().trim().min(1);

const criterionSchema = z.strictObject({
  id,
  title: text,
  points: z.number().int().nonnegative(),
  checks: z.array(checkSpecSchema).min(1),
});

/** A scenario, as `<id>/scenario.yaml` describes it: faults, and the story around them. */
export const scenarioSchema = z.strictObject({
  id,
  title: text,
  level: z.enum(levels),
  minutes: z.number().int().positive(),
  /** `fresh`: the workloads are replaced by broken ones. `in-place`: a roll-out on the living system. */
  start: z.enum(['fresh', 'in-place']),
  faults: z.array(id).min(1),
  story: z.strictObject({
    when: text,
    setting: text,
    alerts: z.array(text).min(1),
    manager: text,
    mission: text,
  }),
  hints: z.array(z.strictObject({ title: text, text, commands: z.array(text).default([]) })).min(1),
  /** Points that each opened hint costs. */
  hintCost: z.number().nonnegative(),
  criteria: z.array(criterionSchema).min(1),
  debugging: z.array(text).default([]),
  reflection: z.array(text).min(1),
});

export type Scenario = z.infer<typeof scenarioSchema>;
