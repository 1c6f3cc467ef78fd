/** What the starting command and the engine's process say to each other until the lab is handed over. */
export type DaemonMessage = 'ready' | 'handed-over';

export function hasMessage(message: unknown, kind: DaemonMessage): boolean {
  return typeof message === 'object' && message !== null && (message as { kind?: unknown }).kind === kind;
}
