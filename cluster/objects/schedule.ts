/** Schedules in cron's five fields: minute, hour, day of month, month, day of week. */

interface Field {
  min: number;
  max: number;
  names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const EVERY = '@every ';
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The twenty-ninth of February comes around within this. */
const HORIZON_DAYS = 8 * 366;

export interface Schedule {
  /** So long after the last time, whatever the clock shows: `@every 5m`. The fields below say nothing then. */
  everyMs?: number;
  minutes: readonly number[];
  hours: readonly number[];
  /** Whether a day is one of the schedule's; `dayMs` is its midnight, read as UTC. */
  isDay: (dayMs: number) => boolean;
}

/** @throws RangeError that says which field is wrong */
export function parseSchedule(text: string): Schedule {
  if (text.startsWith(EVERY)) return { everyMs: parseInterval(text), minutes: [], hours: [], isDay: () => false };
  if (text.startsWith('@') && !NICKNAMES[text]) throw new RangeError(`unrecognized descriptor: ${text}`);
  const words = (NICKNAMES[text] ?? text).trim().split(/\s+/);
  if (words.length !== FIELDS.length) {
    throw new RangeError(`expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]`);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = words.map((word, index) =>
    parseField(word, FIELDS[index] as Field),
  );
  const isAnyDay = /^[*?]/.test(words[2] ?? '');
  const isAnyWeekday = /^[*?]/.test(words[4] ?? '');
  return {
    minutes,
    hours,
    isDay(dayMs) {
      const date = new Date(dayMs);
      if (!months.includes(date.getUTCMonth() + 1)) return false;
      const isDate = days.includes(date.getUTCDate());
      const isWeekday = weekdays.includes(date.getUTCDay());
      // As cron does: when both are given, one of them is enough.
      return isAnyDay || isAnyWeekday ? isDate && isWeekday : isDate || isWeekday;
    },
  };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
};

/** A duration as Go writes it, `1h30m`, in whole seconds and at least one. */
function parseInterval(text: string): number {
  const duration = text.slice(EVERY.length);
  const refuse = (why: string) =>
    new RangeError(`failed to parse duration ${text}: time: ${why} ${JSON.stringify(duration)}`);
  const [, sign, amounts = ''] = /^([-+]?)(.*)$/s.exec(duration) ?? [];
  const parts = [...amounts.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== amounts) {
    if (amounts === '0') return SECOND_MS;
    throw refuse('invalid duration');
  }
  const ms = parts.map(([, amount, unit = '']) => {
    if (unit === '' && amounts !== '0') throw refuse('missing unit in duration');
    const unitMs = unit === '' ? 0 : UNITS_MS[unit];
    if (unitMs === undefined) throw refuse(`unknown unit ${JSON.stringify(unit)} in duration`);
    return Number(amount) * unitMs;
  });
  const totalMs = ms.reduce((sum, part) => sum + part, 0) * (sign === '-' ? -1 : 1);
  return Math.max(SECOND_MS, Math.floor(totalMs / SECOND_MS) * SECOND_MS);
}

/** What is wrong with a schedule, undefined when it is good. */
export function findScheduleProblem(text: string): string | undefined {
  if (/TZ=/.test(text)) return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  try {
    parseSchedule(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The first moment of the schedule after `afterMs`; undefined when there is none within eight years.
 * An hour that a change to summer time leaves out is left out here, too.
 * @param timeZone an IANA name; default UTC
 */
export function nextTimeMs(schedule: Schedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  if (schedule.everyMs !== undefined) return Math.floor(afterMs / SECOND_MS) * SECOND_MS + schedule.everyMs;
  const offsetMs = zoneOffset(timeZone);
  const wallMs = afterMs + offsetMs(afterMs);
  const firstDayMs = Math.floor(wallMs / DAY_MS) * DAY_MS;
  for (let day = 0; day < HORIZON_DAYS; day++) {
    const dayMs = firstDayMs + day * DAY_MS;
    if (!schedule.isDay(dayMs)) continue;
    for (const hour of schedule.hours) {
      // Two hours of slack, as clocks may be set back on this day.
      if (dayMs + (hour + 1) * 60 * MINUTE_MS < wallMs - 120 * MINUTE_MS) continue;
      for (const minute of schedule.minutes) {
        const atMs = toEpoch(dayMs + (hour * 60 + minute) * MINUTE_MS, offsetMs);
        if (atMs !== undefined && atMs > afterMs) return atMs;
      }
    }
  }
  return undefined;
}

/** The moment at which the clocks of the zone show `wallMs`; undefined when they never do. */
function toEpoch(wallMs: number, offsetMs: (epochMs: number) => number): number | undefined {
  const candidates = [wallMs - offsetMs(wallMs - DAY_MS), wallMs - offsetMs(wallMs + DAY_MS)];
  return candidates.find((epochMs) => epochMs + offsetMs(epochMs) === wallMs);
}

function zoneOffset(timeZone: string): (epochMs: number) => number {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (epochMs) => {
    const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  };
}

function parseField(text: string, field: Field): number[] {
  const values = text.split(',').flatMap((part) => parseRange(part, field));
  return [...new Set(values)].sort((a, b) => a - b);
}

function parseRange(text: string, field: Field): number[] {
  const [range = '', stepText, ...rest] = text.split('/');
  const [lowText = '', highText, ...more] = range.split('-');
  if (rest.length > 0) throw new RangeError(`too many slashes: ${text}`);
  if (more.length > 0) throw new RangeError(`too many hyphens: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText, undefined);
  if (step === 0) throw new RangeError(`step of range should be a positive number: ${text}`);
  const isAny = lowText === '*' || lowText === '?';
  const low = isAny ? field.min : parseNumber(lowText, field.names, field.min);
  const openEnd = isAny || (stepText !== undefined && highText === undefined);
  const high = openEnd ? field.max : highText === undefined ? low : parseNumber(highText, field.names, field.min);
  if (low < field.min) throw new RangeError(`beginning of range (${low}) below minimum (${field.min}): ${text}`);
  if (high > field.max) throw new RangeError(`end of range (${high}) above maximum (${field.max}): ${text}`);
  if (low > high) throw new RangeError(`beginning of range (${low}) beyond end of range (${high}): ${text}`);
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

function parseNumber(text: string, names: readonly string[] | undefined, first = 0): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + first;
  if (!/^\d+$/.test(text))
    throw new RangeError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}
