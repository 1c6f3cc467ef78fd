/** How hard a fault or a scenario is, from the easiest on. */
export const levels = ['beginner', 'intermediate', 'advanced'] as const;

export type Level = (typeof levels)[number];
