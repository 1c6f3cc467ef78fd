/** What a LimitRange has against an object, in the server's words. */
import { compareQuantities, parseQuantity, sumQuantities } from './quantity.ts';
import type { LimitRange, PersistentVolumeClaim, Pod } from './types.ts';

type Limit = NonNullable<LimitRange['spec']>['limits'][number];
type Quantities = Readonly<Record<string, string>>;

interface Demand {
  requests: Quantities;
  limits: Quantities;
}

/** Each bound that a pod, one of its containers or a claim breaks. Pure. */
export function limitProblems({ spec }: LimitRange, object: Pod | PersistentVolumeClaim): string[] {
  return (spec?.limits ?? []).flatMap((limit) =>
    demandsOf(limit.type, object).flatMap((demand) => [
      ...Object.entries(limit.min ?? {}).flatMap(([name, bound]) => belowMinimum(limit, name, bound, demand)),
      ...Object.entries(limit.max ?? {}).flatMap(([name, bound]) => aboveMaximum(limit, name, bound, demand)),
      ...Object.entries(limit.maxLimitRequestRatio ?? {}).flatMap(([name, bound]) =>
        aboveRatio(limit, name, bound, demand),
      ),
    ]),
  );
}

function demandsOf(type: string, object: Pod | PersistentVolumeClaim): Demand[] {
  if (object.kind === 'PersistentVolumeClaim') {
    if (type !== 'PersistentVolumeClaim') return [];
    const requests = (object as PersistentVolumeClaim).spec?.resources?.requests ?? {};
    // A claim has no limits: what it requests is all it can get.
    return [{ requests, limits: requests }];
  }
  const { containers = [], initContainers = [] } = (object as Pod).spec ?? {};
  const demandOf = ({ resources }: (typeof containers)[number]): Demand => ({
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
  });
  if (type === 'Container') return [...containers, ...initContainers].map(demandOf);
  if (type !== 'Pod') return [];
  const all = containers.map(demandOf);
  return [{ requests: total(all.map(({ requests }) => requests)), limits: total(all.map(({ limits }) => limits)) }];
}

/** The sums of what every list names. */
function total(lists: readonly Quantities[]): Quantities {
  const names = Object.keys(lists[0] ?? {}).filter((name) => lists.every((list) => name in list));
  return Object.fromEntries(names.map((name) => [name, sumQuantities(lists.map((list) => list[name] ?? '0'))]));
}

function belowMinimum({ type }: Limit, name: string, bound: string, { requests, limits }: Demand): string[] {
  const [request, limit] = [requests[name], limits[name]];
  const rule = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return [`${rule}.  No request is specified`];
  if (compareQuantities(request, bound) < 0) return [`${rule}, but request is ${request}`];
  return limit !== undefined && compareQuantities(limit, bound) < 0 ? [`${rule}, but limit is ${limit}`] : [];
}

function aboveMaximum({ type }: Limit, name: string, bound: string, { requests, limits }: Demand): string[] {
  const [request, limit] = [requests[name], limits[name]];
  const rule = `maximum ${name} usage per ${type} is ${bound}`;
  if (type === 'PersistentVolumeClaim') {
    return request !== undefined && compareQuantities(request, bound) > 0 ? [`${rule}, but request is ${request}`] : [];
  }
  if (limit === undefined) return [`${rule}.  No limit is specified`];
  if (compareQuantities(limit, bound) > 0) return [`${rule}, but limit is ${limit}`];
  return request !== undefined && compareQuantities(request, bound) > 0 ? [`${rule}, but request is ${request}`] : [];
}

function aboveRatio({ type }: Limit, name: string, bound: string, { requests, limits }: Demand): string[] {
  const [request, limit] = [amount(requests[name]), amount(limits[name])];
  const rule = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (request === 0) return [`${rule}, but no request is specified or request is 0`];
  if (limit === 0) return [`${rule}, but no limit is specified or limit is 0`];
  const ratio = limit / request;
  return ratio > parseQuantity(bound) ? [`${rule}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : parseQuantity(quantity);
}
