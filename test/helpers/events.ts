import { eventually } from './run.ts';

type PrintedBy = (...args: string[]) => Promise<string>;

/** The messages of the events of an object; of one reason, or of all. */
export function messagesOf(k: PrintedBy, name: string, reason?: string): Promise<string> {
  const selector = `involvedObject.name=${name}${reason ? `,reason=${reason}` : ''}`;
  return k('get', 'events', `--field-selector=${selector}`, '-o', 'jsonpath={.items[*].message}');
}

/** The messages of one reason, as soon as there is one. */
export function eventOf(k: PrintedBy, name: string, reason: string): Promise<string> {
  return eventually(
    `${reason} of ${name}`,
    () => messagesOf(k, name, reason),
    (text) => text !== '',
  );
}
