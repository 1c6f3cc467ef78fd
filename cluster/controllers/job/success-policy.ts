/** When an indexed Job has succeeded before all of its indexes have. Pure. */
import type { Job } from '../../objects/types.ts';
import { indexesOf } from './indexes.ts';

export interface Success {
  reason: string;
  message: string;
}

/** The first rule that the succeeded indexes satisfy; undefined when there is none. */
export function policySuccess({ spec }: Job, succeeded: ReadonlySet<number>): Success | undefined {
  if (succeeded.size === 0) return undefined;
  const found = (spec?.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeeded.size >= (succeededCount ?? Number.POSITIVE_INFINITY);
    const wanted = indexesOf(succeededIndexes).filter((index) => index < (spec?.completions ?? 0));
    const done = wanted.filter((index) => succeeded.has(index)).length;
    return wanted.length > 0 && (done === wanted.length || done >= (succeededCount ?? Number.POSITIVE_INFINITY));
  });
  return found < 0 ? undefined : { reason: 'SuccessPolicy', message: `Matched rules at index ${found}` };
}
