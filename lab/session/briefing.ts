import type { Scenario } from '../../scenarios/scenario.ts';
import { placeText, type Seat } from '../seat.ts';

/** What the trainee is told when the phone rings, as Markdown that also reads well in a terminal. */
export function briefing(scenario: Scenario, entrance: string, seat: Seat): string {
  return placeText(text(scenario, entrance), seat);
}

function text(scenario: Scenario, entrance: string): string {
  const { when, setting, alerts, manager, mission } = scenario.story;
  return `# ${scenario.title}

${when.trim()}

${setting.trim()}

${alerts.map((alert) => `    ALERT  ${alert}`).join('\n')}

Your manager writes:

${quote(manager)}

**Your mission:** ${mission.trim()}

## What you have
- the shop at ${entrance}, for example:
  \`curl -i -X POST ${entrance}/api/orders -H 'Content-Type: application/json' -d '{"item": "laptop", "quantity": 1}'\`
- \`kubectl\`: \`npx brokenprod kubectl …\`, or in a shell of your own after \`eval "$(npx brokenprod env)"\`
- the folder \`.brokenprod/incident\`: \`k8s/\` holds the manifests as they were deployed, \`services/\` the shop's source
- \`npx brokenprod image build SERVICE --tag TAG\` builds an image from that source; roll it out with kubectl
- \`npx brokenprod hint\` when you are stuck (it costs a little of the score), \`npx brokenprod grade\` when you are done

## You are done when
${scenario.criteria.map(({ title }) => `- ${title.trim()}`).join('\n')}

## To think about afterwards
${scenario.reflection.map((question, index) => `${index + 1}. ${question.trim()}`).join('\n')}
`;
}

function quote(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
