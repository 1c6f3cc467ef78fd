/** How far a long run has come, and how long it may still take: `3 of 40, 4 min 10 s, about 51 min 28 s to go`. */
export function pace(done: number, all: number, elapsedMs: number): string {
  const leftMs = done > 0 ? (elapsedMs / done) * (all - done) : 0;
  const left = done > 0 && done < all ? `, about ${spoken(leftMs)} to go` : '';
  return `${done} of ${all}, ${spoken(elapsedMs)}${left}`;
}

function spoken(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
