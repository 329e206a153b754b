/** How each operation may fail, with an example worded as the service words it. */
import {
  conflict,
  forbidden,
  invalid,
  notAllowed,
  notFound,
  quotaExceeded,
  Refusal,
  unauthenticated,
} from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import { quotaKeys } from '../../model/quota.ts';
import { validator } from '../../model/validation.ts';
import { derivedId } from '../../service/derived-id.ts';
import { errorAnswer } from '../error-answer.ts';
import { readValue } from '../list-query.ts';
import { answerExample } from './examples.ts';
import { labelOf } from './parameters.ts';
import type { DocumentedSchema } from './schema.ts';

const requestId = derivedId('request');

const said: Readonly<Record<number, string>> = {
  400: 'The request is wrong; the message names the field, its fault and what would be right.',
  401: 'The credential is missing, wrong or expired.',
  403: 'The credential gives no access to the project, or the policies of the caller do not allow the action.',
  404: 'Something that the path or the body names is not there, or belongs to another project.',
  409: 'The state of other resources, or a quota, does not allow it.',
  500: 'Elbow failed. Nothing was changed.',
  503: 'The store cannot be written or read right now. Nothing was changed.',
};

export interface DocumentedRefusal {
  readonly description: string;
  readonly headers: unknown;
  readonly content: unknown;
}

/** Failures that any operation may answer, whatever was asked. */
export function commonRefusals(headers: unknown): Record<string, DocumentedRefusal> {
  return {
    InternalError: refusal(500, new Error('any'), headers),
    StoreUnavailable: refusal(503, Object.assign(new Error('any'), { errcode: 1 }), headers),
  };
}

export function refusalsOf(operation: Operation, headers: unknown): Record<string, unknown> {
  const { isPublic, path, method, body, query, action, actionScope } = operation;
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const own = ids.filter((name) => name !== 'project_id');
  // Some paths leave it to the credential or a header which project they are about.
  const isOfProject = ids.length > own.length || /^\/(v2\.0|elbow\/v1\/servers)/.test(path);
  const failures: (Refusal | false)[] = [
    // Even a path that needs no more than its ids may be one that no URL can be.
    (body !== undefined || query !== undefined || ids.length > 0) && wrong(operation),
    // What is public and takes a body is where credentials are shown.
    isPublic
      ? body !== undefined && unauthenticated('The user name or the password is wrong.')
      : unauthenticated('The token has expired. Get one with POST /v3/auth/tokens.'),
    action !== undefined &&
      actionScope !== 'own' &&
      notAllowed(action, isOfProject ? `in the project ${exampleId('project_id')}` : 'in any project'),
    isOfProject &&
      (action === undefined || actionScope === 'own') &&
      forbidden(`The credential gives no access to the project ${exampleId('project_id')}.`),
    missing(own.at(-1) ?? (isOfProject ? referenceIn(body) : undefined)),
    isOfProject && method !== 'GET' && inTheWay(operation, own.at(-1)),
    ...(operation.refusals ?? []),
  ];
  const documented = failures
    .filter((each) => each instanceof Refusal)
    .map((each) => [each.status, refusal(each.status, each, headers)]);
  return {
    ...Object.fromEntries(documented),
    ...(isPublic && body === undefined
      ? {}
      : {
          500: { $ref: '#/components/responses/InternalError' },
          503: { $ref: '#/components/responses/StoreUnavailable' },
        }),
  };
}

function refusal(status: number, error: unknown, headers: unknown): DocumentedRefusal {
  return {
    description: said[status] ?? '',
    headers,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        example: errorAnswer(error, requestId).body,
      },
    },
  };
}

function exampleId(parameter: string): string {
  return String(answerExample({ type: 'string' }, parameter));
}

/** What the operation says to an empty body, or to an unknown field where nothing is required. */
function wrong({ body, bodyOptions, query = {} }: Operation): Refusal {
  if (body) {
    const check = validator(body, bodyOptions);
    const unknown = { unknown_field: 1 };
    for (const value of [inWrapper(body, {}), inWrapper(body, unknown), unknown]) {
      const refused = refusalOf(() => check(value));
      if (refused) return refused;
    }
  }
  for (const [name, { schema }] of Object.entries(query)) {
    const refused = refusalOf(() => readValue(name, 'x', schema));
    if (refused) return refused;
  }
  return invalid('path', 'it is not a well-formed URL.');
}

/** A body of one key with an object in it, as create and update requests are. */
function inWrapper(body: unknown, value: object): object {
  const { properties = {} } = body as { properties?: Record<string, { type?: string }> };
  const [[key, inner] = ['', {}]] = Object.entries(properties);
  return { [key]: inner.type === 'array' ? [value] : value };
}

function refusalOf(check: () => unknown): Refusal | undefined {
  try {
    check();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
}

/** The first field of a body that names another resource. */
function referenceIn(body: unknown): string | undefined {
  const { properties = {} } = (body ?? {}) as DocumentedSchema;
  const [[, inner] = []] = Object.entries(properties);
  return Object.keys(inner?.properties ?? {}).find(
    (key) => key.endsWith('_id') && !key.endsWith('project_id'),
  );
}

function missing(parameter: string | undefined): Refusal | false {
  return parameter !== undefined && notFound(labelOf(parameter), exampleId(parameter));
}

function inTheWay({ method, path }: Operation, parameter: string | undefined): Refusal {
  const made = path.split('/').at(-1)?.replace(/ies$/, 'y').replace(/s$/, '').replaceAll('-', '_');
  const quota = quotaKeys.find((key) => key === made);
  if (method === 'POST' && quota) return quotaExceeded(quota, 100);
  const label = labelOf(parameter ?? 'resource_id');
  return conflict(`The ${label} ${exampleId(parameter ?? 'resource_id')} is used by another resource.`);
}
