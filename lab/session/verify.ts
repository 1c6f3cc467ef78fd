import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { publicText, tamperings, type Bundle } from '../../grader/bundle.ts';
import { rejudge } from '../../grader/rejudge.ts';
import type { Answer } from '../../grader/verdict.ts';
import { gradingPlan, loadCatalogue, type Catalogue } from '../../scenarios/catalogue.ts';
import type { LabFolder } from '../lab-folder.ts';
import { project } from '../project.ts';
import { packageVersion, readBundle } from './bundles.ts';
import { incidentOf } from './incident.ts';

export interface Verified {
  /** What is wrong, each in a sentence. */
  problems: string[];
  /** What a reader should know, without being wrong. */
  notes: string[];
  rejudged: number;
  recorded: number;
  verdict: Answer | null;
  score: number;
  maxScore: number;
}

const unjudged = { notes: [], rejudged: 0, recorded: 0, verdict: null, score: 0, maxScore: 0 };

/**
 * Judges a bundle again from its evidence, without any cluster.
 * @param folder whose key it should be sealed with, when there is one
 * @throws LabError BUNDLE_UNREADABLE
 */
export async function verifyBundle(path: string, folder: LabFolder): Promise<Verified> {
  const bundle = await readBundle(path);
  if ('problem' in bundle) return { ...unjudged, problems: [bundle.problem] };
  const publicKey = await ownPublicKey(folder);
  const catalogue = await loadCatalogue(project.scenarios);
  return judgeBundle(bundle, catalogue, publicKey === undefined ? {} : { publicKey });
}

/**
 * @param written the catalogue, whose questions are put again
 * @param expected what the bundle must be sealed with, and of which seed it must be
 */
export async function judgeBundle(
  bundle: Bundle,
  written: Catalogue,
  expected: { publicKey?: string; seed?: string },
): Promise<Verified> {
  const problems = tamperings(bundle, expected);
  const { verdict, score, maxScore } = bundle.verdict;
  const version = await packageVersion();
  const notes =
    bundle.facts.version === version
      ? []
      : [`It was made by version ${bundle.facts.version}; this is ${version}, whose questions may differ.`];
  try {
    const { catalogue, scenario } = incidentOf(bundle.facts, written);
    const again = await rejudge(bundle.verdict, bundle.evidence, gradingPlan(catalogue, scenario));
    const { rejudged, recorded, contradictions } = again;
    return { problems: [...problems, ...contradictions], notes, rejudged, recorded, verdict, score, maxScore };
  } catch (error) {
    const problem = `It could not be judged again: ${(error as Error).message}`;
    return { ...unjudged, problems: [...problems, problem], notes };
  }
}

async function ownPublicKey({ keyFile }: LabFolder): Promise<string | undefined> {
  try {
    return publicText(createPublicKey(await readFile(keyFile, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
