/** The OpenAPI document of the operations. */
import { type TSchema, Type } from 'typebox';
import { isRehearsable, type Operation } from '../model/operation.ts';
import { dryRunParameters, PlanBody } from './dry-run.ts';

const ErrorBody = Type.Object({
  error_code: Type.String({ examples: ['ELB.8902'] }),
  error_msg: Type.String(),
  request_id: Type.String(),
});

const errors: Readonly<Record<number, string>> = {
  400: 'The request is wrong; the message says where and what would be right.',
  401: 'The credential is missing, wrong or expired.',
  403: 'The credential does not allow this.',
  404: 'Something named by the request is not there.',
  409: 'The state of other resources, or a quota, does not allow this.',
};

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: unknown;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: TSchema;
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly unknown[];
}

export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Elbow',
      version: 'v3',
      description: 'An elastic load balancer driven through the Huawei Cloud ELB v3 API.',
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…',
        },
      },
      schemas: { Error: ErrorBody, Plan: PlanBody },
    },
  };
}

function describeOperation(operation: Operation): OpenApiOperation {
  const { id, summary, group, body, status, isPublic } = operation;
  return {
    operationId: id,
    summary,
    tags: [group],
    parameters: [...pathParameters(operation), ...queryParameters(operation)],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: { ...plan(operation), [status]: success(operation), ...failures(operation) },
    ...(isPublic ? { security: [] } : { security: [{ token: [] }, { signature: [] }] }),
  };
}

function pathParameters({ path }: Operation): OpenApiOperation['parameters'] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: Type.String(),
  }));
}

function queryParameters(operation: Operation): OpenApiOperation['parameters'] {
  const { query = {} } = operation;
  return Object.entries(isRehearsable(operation) ? { ...query, ...dryRunParameters } : query).map(
    ([name, { schema, arity, description }]) => ({
      name,
      in: 'query',
      description,
      schema: arity === 'many' ? Type.Array(schema) : schema,
    }),
  );
}

const planReference = { $ref: '#/components/schemas/Plan' };

/** The answer with dry_run, where that of success has another status. */
function plan(operation: Operation): Record<string, unknown> {
  if (!isRehearsable(operation) || operation.status === 200) return {};
  const content = { 'application/json': { schema: planReference } };
  return { 200: { description: 'With dry_run: what the call would do.', content } };
}

function success(operation: Operation): unknown {
  const { answer, status, carriesRequestId } = operation;
  if (status === 204) return { description: 'Done.' };
  const properties = (answer as { properties?: Record<string, TSchema> } | undefined)?.properties ?? {};
  const withId = carriesRequestId === false ? properties : { ...properties, request_id: Type.String() };
  const done = Type.Object(withId);
  const schema = status === 200 && isRehearsable(operation) ? { anyOf: [done, planReference] } : done;
  return { description: 'Done.', content: { 'application/json': { schema } } };
}

function failures({ isPublic, path, body }: Operation): Record<string, unknown> {
  const statuses = isPublic && !body ? [] : path.includes('{') ? [400, 401, 403, 404, 409] : [400, 401];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: errors[status],
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}
