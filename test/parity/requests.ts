/** The requests that kubectl sends for each verb, from what it tells with `-v=9`. */
import type { Recording } from './recording.ts';

const request = /\] (GET|POST|PUT|PATCH|DELETE|HEAD) https:\/\/127\.0\.0\.1:\d+(\S*) (\d{3} .*?) in \d+ milliseconds/;
const responseType = /\] +Content-Type: (.*)$/;

/** Method, path, answer and media type of each request; what is asked again and again only once. */
export function requestLines(trace: string): string[] {
  const lines: string[] = [];
  for (const line of trace.split('\n')) {
    const [, method, path = '', answer] = request.exec(line) ?? [];
    const type = responseType.exec(line)?.[1];
    if (method) lines.push(`${method} ${steady(path)} ${answer}`);
    else if (type) lines.push(`  ${type}`);
  }
  const groups = lines.join('\n').split(/\n(?! )/);
  const asked = (group: string | undefined) => group?.split('\n')[0];
  return groups.filter((group, i) => asked(group) !== asked(groups[i - 1])).flatMap((group) => group.split('\n'));
}

function steady(path: string): string {
  return (
    path
      .replaceAll(/(hash|resourceVersion|timeoutSeconds)=[0-9A-F]+/g, '$1=<$1>')
      .replaceAll(/(involvedObject\.uid%3D)[0-9a-f-]{36}/g, '$1<uid>')
      // The terms come in the order of a Go map.
      .replace(
        /fieldSelector=([^&]*)/,
        (_, terms: string) => `fieldSelector=${terms.split('%2C').toSorted().join('%2C')}`,
      )
  );
}

/** The order in which the traces were recorded; those of a later day go before what ends the case. */
export function inOrderOfTrace(recordings: readonly Recording[]): Recording[] {
  const startOf = ({ name, text }: Recording) => {
    if (['exec.v9', 'run.v9'].includes(name)) return '02:41:57';
    return /^I\d{4} (\S+)/m.exec(text)?.[1] ?? '';
  };
  return recordings.filter((one) => startOf(one) !== '').toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}
