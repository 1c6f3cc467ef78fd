/** What the API promises of objects, without the API: the fewest words for names, versions, generations and finalizers. */
export interface Held {
  uid: string;
  resourceVersion: string;
  /** Undefined for kinds that count none. */
  generation: number | undefined;
  labels: Record<string, string>;
  finalizers: readonly string[];
  /** What the object is for: a ConfigMap's data, a Deployment's replicas. */
  content: number;
  /** What a controller wrote into its status; undefined where the kind has none. */
  observed: number | undefined;
  isGoing: boolean;
}

export interface Wanted {
  content: number;
  labels: Record<string, string>;
  finalizers: readonly string[];
}

/** How an operation must end: with a code, and with the object as it is then, undefined when it is gone. */
export interface Outcome {
  code: number;
  held?: Held | undefined;
  /** Whether the object must have a version that no object had before. */
  isChange: boolean;
}

const refused = (code: number, held: Held | undefined): Outcome => ({ code, held, isChange: false });

export function afterCreate(held: Held | undefined, wanted: Wanted, counts: boolean): Outcome {
  if (held) return refused(409, held);
  const fresh = { uid: '', resourceVersion: '', observed: undefined, isGoing: false };
  return { code: 201, held: { ...fresh, ...wanted, generation: counts ? 1 : undefined }, isChange: true };
}

/** @param version that the writer read; undefined when it does not care */
export function afterUpdate(held: Held | undefined, wanted: Wanted, version: string | undefined): Outcome {
  if (!held) return refused(404, undefined);
  if (version !== undefined && version !== held.resourceVersion) return refused(409, held);
  const added = wanted.finalizers.some((finalizer) => !held.finalizers.includes(finalizer));
  if (held.isGoing && added) return refused(422, held);
  const isNewContent = wanted.content !== held.content;
  const next = { ...held, ...wanted, generation: held.generation && held.generation + Number(isNewContent) };
  if (held.isGoing && wanted.finalizers.length === 0) return { code: 200, held: undefined, isChange: true };
  return { code: 200, held: next, isChange: isNewContent || !isSame(held, wanted) };
}

export function afterStatus(held: Held | undefined, observed: number): Outcome {
  if (!held) return refused(404, undefined);
  return { code: 200, held: { ...held, observed }, isChange: held.observed !== observed };
}

export function afterDelete(held: Held | undefined, uid: string | undefined): Outcome {
  if (!held) return refused(404, undefined);
  if (uid !== undefined && uid !== held.uid) return refused(409, held);
  if (held.finalizers.length === 0) return { code: 200, held: undefined, isChange: true };
  if (held.isGoing) return refused(200, held);
  return {
    code: 200,
    held: { ...held, isGoing: true, generation: held.generation && held.generation + 1 },
    isChange: true,
  };
}

function isSame(held: Held, { labels, finalizers }: Wanted): boolean {
  const text = (value: Wanted['labels'] | readonly string[]) =>
    JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return text(held.labels) === text(labels) && text(held.finalizers) === text(finalizers);
}
