/** Questions about who one is and what one may do: `kubectl auth whoami` and `auth can-i`. */
import type { AnyKind } from '../objects/kinds/kind.ts';
import { badRequest } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall } from './api-call.ts';
import { administrator, userNamed, type User } from './authentication/user.ts';
import type { Attributes } from './authorization/attributes.ts';
import { decide } from './authorization/authorize.ts';
import { grantsFor } from './authorization/rules.ts';
import { readOptions } from './body.ts';
import type { VirtualResource } from './virtual-resources.ts';

/** As the client writes it: everything may be left out. */
interface AccessQuestion {
  resourceAttributes?: {
    namespace?: string;
    verb?: string;
    group?: string;
    resource?: string;
    subresource?: string;
    name?: string;
  };
  nonResourceAttributes?: { path?: string; verb?: string };
  user?: string;
  groups?: string[];
}

type Answer = (spec: object, call: ApiCall) => object;

function review(group: string, kind: string, answer: Answer): VirtualResource {
  const singular = kind.toLowerCase();
  const definition: AnyKind = {
    group,
    version: 'v1',
    kind,
    resource: `${singular}s`,
    singular,
    namespaced: false,
    verbs: ['create'],
    columns: [{ name: 'Name', format: 'name', cell: ({ metadata }: KubeObject) => metadata.name ?? '' }],
  };
  return {
    kind: definition,
    verbs: {
      create(call) {
        const body = readOptions<KubeObject>(call, kind);
        const status = answer(body.spec ?? {}, call);
        const { kind: kindName, version } = definition;
        const object = {
          ...body,
          kind: kindName,
          apiVersion: `${group}/${version}`,
          metadata: body.metadata ?? {},
          status,
        };
        return { type: 'object', code: 201, object };
      },
    },
  };
}

export const reviews: readonly VirtualResource[] = [
  review('authentication.k8s.io', 'SelfSubjectReview', (_, call) => {
    const { name, groups } = askerOf(call);
    return { userInfo: { username: name, groups } };
  }),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', (spec, call) => answerFor(askerOf(call), spec, call)),
  review('authorization.k8s.io', 'SubjectAccessReview', (spec: AccessQuestion, call) =>
    answerFor(userNamed(spec.user ?? '', spec.groups), spec, call),
  ),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', (spec: { namespace?: string }, call) =>
    rulesFor(askerOf(call), spec.namespace, call),
  ),
];

/** The cluster's own parts, which have no groups, ask as the administrator does. */
function askerOf({ request }: ApiCall): User {
  return { name: request.user, groups: request.groups ?? administrator.groups };
}

function answerFor(user: User, spec: AccessQuestion, { context }: ApiCall): object {
  const { allowed, reason } = decide(user, attributesIn(spec), context.store);
  return { allowed, ...(reason ? { reason } : {}) };
}

function attributesIn({ resourceAttributes, nonResourceAttributes }: AccessQuestion): Attributes {
  if (nonResourceAttributes) {
    const { verb = '', path = '' } = nonResourceAttributes;
    return { verb, path };
  }
  if (!resourceAttributes) {
    throw badRequest(
      'spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  const { verb = '', group = '', resource = '', ...rest } = resourceAttributes;
  return { ...rest, verb, group, resource };
}

function rulesFor(user: User, namespace: string | undefined, { context }: ApiCall): object {
  if (user.groups === administrator.groups) {
    return {
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    };
  }
  const { grants, problems } = grantsFor(user, namespace, context.store);
  const rules = grants.flatMap((grant) => grant.rules);
  return {
    resourceRules: rules.filter(({ resources }) => resources?.length),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs?.length),
    incomplete: problems.length > 0,
    ...(problems.length > 0 ? { evaluationError: problems.join(', ') } : {}),
  };
}
