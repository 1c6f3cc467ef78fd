/**
 * As `Promise.all` of two, but when one fails the other is waited for, so that nothing is still at work while the
 * caller cleans up.
 */
export async function bothSettled<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
