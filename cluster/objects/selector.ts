import { parseRequirements } from './selector-parser.ts';
import type { Requirement } from './selector-parser.ts';
import { badRequest } from './status-error.ts';
import type { KubeObject, LabelSelector } from './types.ts';

export type Labels = Readonly<Record<string, string>>;

export interface FieldRequirement {
  field: string;
  operator: '=' | '!=';
  value: string;
}

/**
 * Compiles the text of `-l`: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.
 * @throws StatusError BadRequest with the server's words
 */
export function parseLabelSelector(text: string): (labels: Labels | undefined) => boolean {
  const requirements = parseRequirements(text);
  return (labels = {}) => requirements.every((requirement) => meets(requirement, labels));
}

/** Whether `selector` selects these labels. No selector selects nothing, an empty one everything. */
export function matchesLabels(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selector !== undefined && requirementsOf(selector).every((requirement) => meets(requirement, labels ?? {}));
}

/** A selector as kubectl prints it, `app=web,tier in (a,b)`; `<none>` when there is nothing to select by. */
export function selectorText(selector: LabelSelector | undefined): string {
  const requirements = selector ? requirementsOf(selector) : [];
  return requirements.length === 0 ? '<none>' : requirements.map(requirementText).join(',');
}

/** The selector of an object that has pods: ReplicationControllers have a plain map of labels there. */
export function podSelectorOf({ kind, spec }: KubeObject): LabelSelector | undefined {
  const { selector } = (spec ?? {}) as { selector?: LabelSelector | Labels };
  return kind === 'ReplicationController' ? { matchLabels: { ...(selector as Labels) } } : selector;
}

/** Labels as kubectl prints them in a column. */
export function labelsText(labels: Labels | undefined): string {
  return selectorText({ matchLabels: { ...labels } });
}

/**
 * Splits the text of `--field-selector` at its commas.
 * @throws StatusError BadRequest with the server's words
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^!=]*)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      return { field, operator: operator === '!=' ? '!=' : '=', value: value.replace(/\\([\\,=])/g, '$1') };
    });
}

function requirementsOf(selector: LabelSelector): Requirement[] {
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => {
    return { key, operator: '=', values: [value] };
  });
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): Requirement => {
    return { key, operator: operatorOf(operator), values: [...values].sort() };
  });
  return [...exact, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function operatorOf(name: string): Requirement['operator'] {
  if (name === 'In') return 'in';
  if (name === 'NotIn') return 'notin';
  // Of node affinity only.
  if (name === 'Gt') return '>';
  if (name === 'Lt') return '<';
  return name === 'Exists' ? 'exists' : '!';
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'in':
    case '=':
      return value !== undefined && values.includes(value);
    case '>':
      return value !== undefined && Number(value) > Number(values[0]);
    case '<':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${values.join(',')})`;
  return `${key}${operator}${values[0]}`;
}
