import * as v from 'valibot';
import { isHttpUrl } from '../shared/config.ts';

const maxRoutes = 100;

const route = v.strictObject({
  /** This path and everything below it. */
  path: v.pipe(v.string('must be a text'), v.regex(/^\/api(\/[a-z0-9-]+)*$/, 'must be /api or a plain path below it')),
  /** The service that answers; it is asked for what follows `/api`. */
  to: v.pipe(v.string('must be a text'), v.check(isHttpUrl, 'must be a URL such as http://name:8080')),
});

const table = v.strictObject(
  {
    version: v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'), v.maxLength(64, 'is too long')),
    routes: v.pipe(
      v.array(route, 'must be a list'),
      v.minLength(1, 'must not be empty'),
      v.maxLength(maxRoutes, `holds at most ${maxRoutes} routes`),
    ),
  },
  'must be an object with version and routes',
);

export type RouteTable = v.InferOutput<typeof table>;

/**
 * The table with the longest paths first, so that the one that says most about a request decides.
 * @throws Error that names every mistake
 */
export function readRouteTable(text: string): RouteTable {
  const result = v.safeParse(table, parse(text));
  if (!result.success) {
    throw new Error(result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the table'} ${issue.message}`).join('; '));
  }
  const { version, routes } = result.output;
  return { version, routes: routes.toSorted((one, other) => other.path.length - one.path.length) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`the table is not JSON: ${(cause as Error).message}`, { cause });
  }
}
