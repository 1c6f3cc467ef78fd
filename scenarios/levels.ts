/** How hard a fault or a scenario is, from the easiest on. A person may also say 1 to 4. */
export const levels = ['beginner', 'intermediate', 'advanced', 'expert'] as const;

export type Level = (typeof levels)[number];

/** Such as `2 intermediate`. */
export function levelTitle(level: Level): string {
  return `${levels.indexOf(level) + 1} ${level}`;
}

/** @returns undefined when it is neither a level's word nor its number */
export function readLevel(text: string): Level | undefined {
  return /^[1-9]$/.test(text) ? levels[Number(text) - 1] : levels.find((level) => level === text);
}
