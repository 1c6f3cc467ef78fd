import * as v from 'valibot';

const maxRecorded = 2_000;

export const scriptSchema = v.object({
  answers: v.pipe(
    v.array(
      v.object({
        status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
        times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 1),
        delayMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60_000)), 0),
        body: v.optional(v.unknown()),
      }),
    ),
    v.minLength(1, 'must hold at least one answer'),
    v.maxLength(100, 'holds at most 100 answers'),
  ),
});

type Answers = v.InferOutput<typeof scriptSchema>['answers'];

export interface RecordedRequest {
  atMs: number;
  method: string;
  path: string;
  status: number;
  traceparent?: string;
}

export interface Script {
  /** The answer that is due now; the last one of the script repeats. */
  next(request: Omit<RecordedRequest, 'status'>): Answers[number];
  readonly requests: readonly RecordedRequest[];
}

/** Plays a list of answers, and writes down who asked what and when. Beyond a bound it no longer writes. */
export function createScript(answers: Answers): Script {
  const requests: RecordedRequest[] = [];
  let index = 0;
  let given = 0;
  return {
    next(request) {
      if (given >= (answers[index]?.times ?? 1) && index < answers.length - 1) {
        index++;
        given = 0;
      }
      given++;
      const answer = answers[index] as Answers[number];
      if (requests.length < maxRecorded) {
        requests.push({ ...request, status: answer.status });
      }
      return answer;
    },
    requests,
  };
}
