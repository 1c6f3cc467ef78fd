import type { RequestHandler } from 'express';

/** Fails the given share (0 to 1) of all requests with a 500, whatever they ask. */
export function failRequests(rate: number, random: () => number = Math.random): RequestHandler {
  return (_request, _response, next) => {
    next(random() < rate ? new Error('injected failure') : undefined);
  };
}
