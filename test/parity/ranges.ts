/** Which cells of two runs count as the same although chance moved them: ages, restarts, counts of events. */

const age = String.raw`(?:\d+[dhms])+|<invalid>`;
const ageCell = new RegExp(`^(${age})$`);
const eventCell = new RegExp(String.raw`^(${age})(?: \(x(\d+) over (${age})\))?$`);
const restartsCell = new RegExp(String.raw`^(\d+)(?: \((${age}) ago\))?$`);
const countedLine = /^(.*?)(?: {2}×(\d+))?$/s;

/** How much later than recorded the second run was asked; a busy machine comes late. */
export interface Lateness {
  seconds: number;
  /** The time since apply, as a multiple of the recorded. */
  factor: number;
}

/** Whether two lines say the same. Cells are what two or more spaces part. */
export function linesMatch(a: string, b: string, late: Lateness = { seconds: 0, factor: 1 }): boolean {
  if (a === b) return true;
  if (indentation(a) !== indentation(b)) return false;
  if (a.includes('  ×') || b.includes('  ×')) return countedMatch(a, b, late);
  const cellsA = cells(a);
  const cellsB = cells(b);
  if (cellsA.length !== cellsB.length) return false;
  // `get events` tells when something was last seen, which for what repeats may be any time.
  const from =
    /^(Normal|Warning)$/.test(cellsA[1] ?? '') && ageCell.test(cellsA[0]!) && ageCell.test(cellsB[0]!) ? 1 : 0;
  return cellsA.slice(from).every((cell, i) => cellsMatch(cell, cellsB[i + from]!, cellsA[i + from - 1], late));
}

/** Whether a line tells of an event that came after the recorded moment: the second run was asked later than that. */
export function cameLater(line: string, { seconds }: Lateness): boolean {
  const event = cells(line).flatMap((cell) => eventCell.exec(cell) ?? []);
  const isEvent = /(^| {2,})(Normal|Warning) {2,}/.test(line) && event.length > 0;
  return isEvent && ageSeconds(event[3] ?? event[1] ?? '') < seconds;
}

export function cells(line: string): string[] {
  return line.trim().split(/ {2,}|\t+/);
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

function cellsMatch(a: string, b: string, before: string | undefined, late: Lateness): boolean {
  if (a === b) return true;
  if (before === 'Restart Count:') return countsNear(Number(a), Number(b), 1);
  if (a.startsWith('"restartCount": ') && b.startsWith('"restartCount": '))
    return countsNear(lastNumber(a), lastNumber(b), 1);
  return (
    (ageCell.test(a) && ageCell.test(b) && agesNear(a, b, late)) ||
    eventsNear(a, b, late) ||
    (restartsNear(a, b, late) ?? false)
  );
}

/** Undefined when the cells are no counts of restarts with an age. A bare number matches only beside one. */
function restartsNear(a: string, b: string, late: Lateness): boolean | undefined {
  const [, countA, ageA] = restartsCell.exec(a) ?? [];
  const [, countB, ageB] = restartsCell.exec(b) ?? [];
  if (!countA || !countB || !(ageA ?? ageB)) return undefined;
  return countsNear(Number(countA), Number(countB), 1) && (!ageA || !ageB || agesNear(ageA, ageB, late));
}

function eventsNear(a: string, b: string, late: Lateness): boolean {
  const [, lastA, countA = '1', firstA = lastA] = eventCell.exec(a) ?? [];
  const [, lastB, countB = '1', firstB = lastB] = eventCell.exec(b) ?? [];
  if (!lastA || !lastB) return false;
  return agesNear(firstA!, firstB!, late) && countsNear(Number(countA), Number(countB), 2, late.factor);
}

function countedMatch(a: string, b: string, { factor }: Lateness): boolean {
  const [, textA, countA = '1'] = countedLine.exec(a)!;
  const [, textB, countB = '1'] = countedLine.exec(b)!;
  return textA === textB && countsNear(Number(countA), Number(countB), 2, factor);
}

/** Within `slack`, or within two fifths of the larger; `b` may be as many times more as it was asked later. */
function countsNear(a: number, b: number, slack: number, factor = 1): boolean {
  const near = (other: number) => Math.abs(a - other) <= Math.max(slack, 0.4 * Math.max(a, other));
  return near(b) || near(b / factor) || (b > a && b / factor < a);
}

/** Within fifteen seconds, or within half of the larger: back-offs carry jitter of that size. */
function agesNear(a: string, b: string, { seconds }: Lateness): boolean {
  const x = ageSeconds(a);
  const near = (y: number) => Math.abs(x - y) <= Math.max(15, 0.5 * Math.max(x, y));
  return near(ageSeconds(b)) || near(ageSeconds(b) - seconds);
}

/** The longest age in a text; 0 where there is none. */
export function oldestSeconds(text: string): number {
  const ages = text
    .split('\n')
    .flatMap((line) => cells(line).filter((cell) => ageCell.test(cell) || eventCell.test(cell)));
  return Math.max(0, ...ages.map((cell) => ageSeconds(cell.replace(/^.* over /, ''))));
}

function ageSeconds(text: string): number {
  const unit = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, amount, of]) => sum + Number(amount) * unit[of as keyof typeof unit],
    0,
  );
}

function lastNumber(text: string): number {
  return Number(/\d+/.exec(text)?.[0]);
}
