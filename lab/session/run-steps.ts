import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Step } from '../../scenarios/fault.ts';
import { LabError } from '../errors.ts';
import { placeStep } from '../seat.ts';
import { captureKubectl } from '../kubectl/run-kubectl.ts';
import { buildWorkspaceImage } from './images.ts';
import type { Lab } from './lab.ts';

export interface StepDone {
  /** As a person would type it. */
  text: string;
  output: string;
}

/**
 * Does what a person would do, in the workspace and with the real kubectl.
 * @param tell called after each step
 * @throws LabError SOLUTION_FAILED at the first step that fails
 */
export async function runSteps(
  lab: Lab,
  kubeconfig: string,
  steps: readonly Step[],
  tell: (done: StepDone) => void,
): Promise<void> {
  for (const step of steps) tell(await runStep(lab, kubeconfig, placeStep(step, lab.seat)));
}

async function runStep(lab: Lab, kubeconfig: string, step: Step): Promise<StepDone> {
  const { incident } = lab.folder;
  if ('kubectl' in step) {
    const text = `kubectl ${step.kubectl.map(quoted).join(' ')}`;
    const { code, output } = await captureKubectl(lab.folder, kubeconfig, step.kubectl, {
      cwd: incident,
      signal: lab.signal,
    });
    if (code !== 0) throw new LabError('SOLUTION_FAILED', { step: text, why: output.trim() });
    return { text, output };
  }
  if ('image' in step) {
    const { ref, image } = await buildWorkspaceImage(lab, step.image.service, step.image.tag);
    const text = `npx brokenprod image build ${step.image.service} --tag ${step.image.tag}`;
    return { text, output: `${ref} ${image.digest.slice(0, 19)}\n` };
  }
  return editFile(incident, step);
}

async function editFile(incident: string, step: Extract<Step, { file: string }>): Promise<StepDone> {
  const path = join(incident, step.file);
  if (relative(incident, path).startsWith('..')) throw new Error(`${step.file} lies outside the workspace`);
  const text = `edit ${step.file}`;
  if ('content' in step) {
    await writeFile(path, step.content);
    return { text, output: step.content };
  }
  let content = await readFile(path, 'utf8');
  for (const { from, to } of step.replace) {
    if (!content.includes(from)) throw new LabError('SOLUTION_FAILED', { step: text, why: `it has no "${from}"` });
    content = content.replace(from, () => to);
  }
  await writeFile(path, content);
  const lines = step.replace.map(({ from, to }) => `${marked('- ', from)}${marked('+ ', to)}`);
  return { text, output: lines.join('') };
}

function marked(mark: string, text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${mark}${line}\n`)
    .join('');
}

/** An argument as one would type it in a POSIX shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
