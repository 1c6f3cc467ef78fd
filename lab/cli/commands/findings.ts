import { LabError } from '../../errors.ts';
import { addFinding, readFindings, removeFinding, type Found } from '../../session/findings.ts';
import { requireLab } from '../../session/session-record.ts';
import { askText } from '../ask.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

/** What is asked for, in this order. */
const questions = {
  component: 'Which component',
  kind: 'Kind of fault (configuration, image, dependency, probe, networking, resources, code, chaos, or a word for it)',
  symptom: 'What was seen',
  rootCause: 'What caused it',
  impact: 'Whom it hurts',
  severity: 'How bad (SEV1 to SEV4)',
  fix: 'What has to change',
} as const;
type Field = keyof typeof questions;

export async function addFindings(invocation: Invocation, given: Partial<Record<Field, string>>): Promise<void> {
  const lab = labHere(invocation);
  await requireLab(lab.folder, lab.engine);
  const finding = (await complete(invocation, given)) satisfies Found;
  const number = await addFinding(lab.folder, finding, lab.clock.now());
  if (invocation.json) printJson({ number, ...finding });
  else print(`Finding ${number} is noted: ${finding.component}, ${finding.kind}.`);
}

const needed: readonly Field[] = ['component', 'kind'];

/** Asks for what was not given, where there is somebody to ask and as long as they answer. */
async function complete(invocation: Invocation, given: Partial<Record<Field, string>>): Promise<Record<Field, string>> {
  const answers = { component: '', kind: '', symptom: '', rootCause: '', impact: '', severity: '', fix: '', ...given };
  let isAsking = needed.some((field) => given[field] === undefined);
  for (const [field, question] of Object.entries(questions) as [Field, string][]) {
    if (isAsking && given[field] === undefined) {
      const answer = await askText(invocation, question);
      answers[field] = answer ?? '';
      isAsking = answer !== undefined;
    }
    if (needed.includes(field) && !answers[field].trim()) throw new LabError('FINDING_NEEDS');
  }
  return answers;
}

export async function listFindings(invocation: Invocation): Promise<void> {
  const findings = await readFindings(labHere(invocation).folder);
  if (invocation.json) printJson({ findings });
  else if (findings.length === 0) print('Nothing is noted yet. Add what you found: npx brokenprod findings add');
  else
    print(
      findings
        .map(({ component, kind, symptom, rootCause }, index) =>
          [`${index + 1}  ${component}: ${kind}`, symptom, rootCause].filter(Boolean).join('\n     '),
        )
        .join('\n'),
    );
}

export async function removeFindings(invocation: Invocation, number: string): Promise<void> {
  const removed = await removeFinding(labHere(invocation).folder, number);
  if (invocation.json) printJson({ removed });
  else print(`Removed: ${removed.component}, ${removed.kind}.`);
}
