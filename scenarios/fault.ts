import { z } from 'zod';
import { levels } from './levels.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case words joined by hyphens');
const text = z.string().trim().min(1);

/** A question that the grader knows how to put, by kind; the grader reads the parameters. */
export const checkSpecSchema = z.strictObject({
  kind: id,
  params: z.record(z.string(), z.unknown()).default({}),
});

/** An object that comes with the fault, as a manifest would have it. */
const objectSchema = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z.looseObject({ name: text }),
});

/** A change to one object, merged as Kubernetes merges: lists of named things by name, `null` removes. */
const patchSchema = z.strictObject({
  kind: text,
  name: text,
  merge: z.record(z.string(), z.unknown()),
});

const injectSchema = z
  .strictObject({
    patches: z.array(patchSchema).default([]),
    /** Objects that the healthy shop does not have. */
    objects: z.array(objectSchema).default([]),
    /** Objects that are made anew, by the same name, once the component has customers: a Service gets another address. */
    renewed: z.array(z.strictObject({ kind: text, name: text })).default([]),
    /**
     * Images to build from the workspace, after the files under `source/` have replaced the healthy ones. With
     * `release` only this tag gets the build, and the older ones stay good; else every tag of the service gets it.
     */
    images: z
      .array(z.strictObject({ service: id, tag: text.default('latest'), release: z.boolean().default(false) }))
      .default([]),
  })
  .refine(
    ({ patches, objects, images }) => patches.length + objects.length + images.length > 0,
    'a fault must change something',
  );

const replaceSchema = z.strictObject({ from: text, to: z.string() });

/**
 * One thing that a person would do. Steps run in the incident's folder, without a shell.
 */
export const stepSchema = z.union([
  z.strictObject({ kubectl: z.array(z.string()).min(1) }),
  z.strictObject({ file: text, replace: z.array(replaceSchema).min(1) }),
  z.strictObject({ file: text, content: text }),
  z.strictObject({ image: z.strictObject({ service: id, tag: text.default('latest') }) }),
]);

const attemptSchema = z.strictObject({
  title: text,
  steps: z.array(stepSchema).min(1),
});

const wrongFixSchema = attemptSchema.extend({
  /** What it would cost if it were accepted. */
  why: text,
});

/** Of the Deployment's pods each must show it, or with `some` at least one, as old ones stand beside new ones. */
const ofPods = { deployment: id, some: z.boolean().optional() };

/** How `start` knows that the fault took: something to be seen in the cluster. */
export const proofSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('container-waiting'), ...ofPods, reasons: z.array(text).min(1) }),
  z.strictObject({ kind: z.literal('container-crashed'), ...ofPods }),
  z.strictObject({ kind: z.literal('pod-field'), ...ofPods, field: text, equals: z.unknown() }),
  z.strictObject({ kind: z.literal('env'), ...ofPods, name: text, value: z.string().nullable() }),
  z.strictObject({ kind: z.literal('image-changed'), ...ofPods }),
  z.strictObject({ kind: z.literal('no-endpoints'), service: id }),
  z.strictObject({
    kind: z.literal('object-field'),
    object: z.strictObject({ apiVersion: text, kind: text, name: text }),
    field: text,
    equals: z.unknown(),
  }),
  /** An event with this reason, about an object whose name begins so, that says this. */
  z.strictObject({ kind: z.literal('event'), about: text, reason: text, says: z.string().default('') }),
]);

const visibleSchema = z.strictObject({
  /** `symptom`: seen at once. `configuration`: masked by another fault or latent, so what runs is compared. */
  by: z.enum(['symptom', 'configuration']),
  /** What a trainee sees, and when. */
  seen: text,
  proof: z.array(proofSchema).min(1),
});

/** The same fault with other words: each text or number `from`, wherever the fault has it, becomes `to`. */
const variantSchema = z.strictObject({ name: id, replace: z.array(replaceSchema).min(1) });

/** A fault, as `faults/<id>/fault.yaml` describes it. The only definition of the format. */
export const faultSchema = z.strictObject({
  id,
  /** Names the fault, so it is for those who have repaired it. */
  title: text,
  /** What a customer or an alert says, in one line; gives nothing away. */
  complaint: text.max(90),
  component: id,
  kind: z.enum(['configuration', 'image', 'dependency', 'probe', 'networking', 'resources', 'code', 'chaos']),
  points: z.number().int().positive(),
  level: z.enum(levels),
  severity: z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']),
  symptom: text,
  rootCause: text,
  impact: text,
  fix: text,
  hints: z.array(text).length(3, 'three hints, from a nudge to the place'),
  inject: injectSchema,
  /** Other forms of the same fault, drawn by a seed, so that answers do not transfer. */
  variants: z.array(variantSchema).default([]),
  /** `fresh`: workloads are replaced by broken ones. `in-place`: a roll-out on the living system. */
  start: z.enum(['fresh', 'in-place']).default('fresh'),
  /** A minute of healthy traffic precedes the fault, where 'what changed?' is the question; for an `in-place` start. */
  history: z.boolean().default(false),
  /** Faults that can't stand beside this one. */
  conflicts: z.array(id).default([]),
  /** What is stored is changed as well, so the way back to the start needs a fresh data volume. */
  changesData: z.boolean().default(false),
  /** The objects that it brings are to stay and work, as an autoscaler does: there is nothing to judge without them. */
  objectsStay: z.boolean().default(false),
  visible: visibleSchema,
  /** Faults that keep this one from showing while they are open. */
  maskedBy: z.array(id).default([]),
  solutions: z.array(attemptSchema).min(1),
  wrongFixes: z.array(wrongFixSchema).min(2, 'at least two wrong fixes, which the grader must refuse'),
  checks: z.array(checkSpecSchema).min(1),
  /** Other words for the component, the kind or the cause, accepted in a diagnosis. */
  synonyms: z.array(text).default([]),
  learn: text,
  furtherReading: z.array(z.strictObject({ title: text, url: z.url() })).default([]),
});

export type CheckSpec = z.infer<typeof checkSpecSchema>;
export type Variant = z.infer<typeof variantSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type Step = z.infer<typeof stepSchema>;

/** A file of the workspace that the fault replaces. */
export interface Overlay {
  /** Below the workspace's `services/`, with forward slashes: `order-service/retry.ts`. */
  path: string;
  /** The replacement's absolute path. */
  from: string;
}

export type Fault = z.infer<typeof faultSchema> & { overlays: readonly Overlay[] };
