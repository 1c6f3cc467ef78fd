import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Evidence } from './evidence.ts';
import { verdictSchema } from './verdict.ts';

/** What a bundle says about where it comes from. */
const factsSchema = z.object({
  version: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  node: z.string(),
  scenario: z.string(),
  seed: z.string().nullable(),
  faults: z.array(z.string()),
  handedOverAt: z.string(),
  gradedAt: z.string(),
  /** When a grading first showed the cause of each issue, by its id: what is found later counts for nothing. */
  shownAt: z.record(z.string(), z.string()).optional(),
});

/** Evidence without the plan, which holds the answers; whoever verifies takes it from the catalogue. */
export type KeptEvidence = Omit<Evidence, 'plan'>;

const bundleSchema = z.object({
  format: z.literal(1),
  facts: factsSchema,
  evidence: z.custom<KeptEvidence>((value) => typeof value === 'object' && value !== null),
  findings: z.array(z.record(z.string(), z.string())).max(100),
  trail: z.array(z.object({ atMs: z.number(), text: z.string() })),
  verdict: verdictSchema,
  /** Each part's digest covers the one before, so that parts can't be exchanged one by one. */
  digests: z.array(z.object({ part: z.string(), sha256: z.string() })),
  publicKey: z.string(),
  signature: z.string(),
});
export type Bundle = z.infer<typeof bundleSchema>;
export type BundleParts = Pick<Bundle, 'facts' | 'evidence' | 'findings' | 'trail' | 'verdict'>;

const parts = ['facts', 'evidence', 'findings', 'trail', 'verdict'] as const;

/**
 * Seals a grading.
 * @param privateKeyPem the lab's ed25519 key
 */
export function sealBundle(given: BundleParts, privateKeyPem: string): Bundle {
  const key = createPrivateKey(privateKeyPem);
  // As it will be read again: without what JSON leaves out.
  const contents = JSON.parse(JSON.stringify(given)) as BundleParts;
  const digests = chainOf(contents);
  const signature = sign(null, Buffer.from(digests.at(-1)?.sha256 ?? ''), key).toString('base64');
  return { format: 1, ...contents, digests, publicKey: publicText(createPublicKey(key)), signature };
}

/** What is wrong with a bundle that could be read, each in a sentence; none when it is as it was sealed. */
export function tamperings(
  bundle: Bundle,
  expected: { publicKey?: string; seed?: string; engine?: string } = {},
): string[] {
  const problems: string[] = [];
  const chain = chainOf(bundle);
  const broken = parts.find((_, index) => bundle.digests[index]?.sha256 !== chain[index]?.sha256);
  if (broken)
    problems.push(
      `The ${broken} of this bundle ${broken === 'facts' || broken === 'findings' ? 'were' : 'was'} changed after it was sealed.`,
    );
  if (!isSigned(bundle))
    problems.push('The signature does not belong to the contents: the bundle was sealed anew or edited.');
  if (expected.publicKey !== undefined && expected.publicKey !== bundle.publicKey) {
    problems.push("This bundle was signed with another lab's key: it comes from another seat.");
  }
  if (expected.seed !== undefined && expected.seed !== bundle.facts.seed) {
    problems.push(`This bundle is of the seed ${bundle.facts.seed ?? '(none)'}, and ${expected.seed} was expected.`);
  }
  return problems;
}

/**
 * Reads a bundle's JSON text.
 * @returns the bundle, or in a sentence why it is none
 */
export function parseBundle(text: string): Bundle | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'The file is cut off or was edited: it is no JSON any more.' };
  }
  const read = bundleSchema.safeParse(value);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  return { problem: `The file is no whole bundle: ${first?.path.join('.')} ${first?.message}` };
}

function chainOf(bundle: BundleParts): Bundle['digests'] {
  let previous = '';
  return parts.map((part) => {
    previous = createHash('sha256')
      .update(`${previous}\n${part}\n${canonical(bundle[part])}`)
      .digest('hex');
    return { part, sha256: previous };
  });
}

function isSigned({ digests, publicKey, signature }: Bundle): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify(null, Buffer.from(digests.at(-1)?.sha256 ?? ''), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

export function publicText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** JSON with keys in order, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
