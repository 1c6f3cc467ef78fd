/** Times as Go's decoder reads them, and its words for what is no time. */

const dateAndTime = ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05'];
const zone = 'Z07:00';
const microseconds = '.000000';

const ranges: Record<string, [name: string, least: number, most: number]> = {
  '01': ['month', 1, 12],
  '02': ['day', 1, 31],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59],
};

/**
 * Why `text` is no time; undefined if it is one.
 * @param isMicro whether six digits of a second are required (`MicroTime`), or any number of them is fine (`Time`)
 */
export function timeProblem(text: string, isMicro: boolean): string | undefined {
  const parts = isMicro ? [...dateAndTime, microseconds, zone] : [...dateAndTime, zone];
  let rest = text;
  for (const part of parts) {
    if (part === zone && !isMicro) rest = rest.replace(/^[.,]\d+/, '');
    const found = patternOf(part).exec(rest)?.[0];
    if (found === undefined) {
      const layout = parts.join('');
      return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
    }
    const [name, least, most] = ranges[part] ?? [];
    if (name !== undefined && (Number(found) < least! || Number(found) > most!)) return outOfRange(text, name);
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  return isDayOfMonth(text) ? undefined : outOfRange(text, 'day');
}

function patternOf(part: string): RegExp {
  if (part === zone) return /^(Z|[+-]\d\d:\d\d)/;
  if (part === microseconds) return /^[.,]\d{6}/;
  if (/\d/.test(part)) return new RegExp(`^\\d{${part.length}}`);
  return new RegExp(`^${part}`);
}

function isDayOfMonth(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day <= last.getUTCDate();
}

function outOfRange(text: string, name: string): string {
  return `parsing time ${JSON.stringify(text)}: ${name} out of range`;
}
