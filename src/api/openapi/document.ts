/** The OpenAPI 3.1 document of the operations. */
import { type TSchema, Type } from 'typebox';
import { isRehearsable, type Operation } from '../../model/operation.ts';
import { named } from '../../model/schemas.ts';
import { derivedId } from '../../service/derived-id.ts';
import { PlanBody } from '../dry-run.ts';
import { Components } from './components.ts';
import { answerExample, requestExample } from './examples.ts';
import { groups } from './groups.ts';
import { commonParameters, type DocumentedParameter, parametersOf, type Reference } from './parameters.ts';
import { commonRefusals, refusalsOf } from './refusals.ts';
import type { DocumentedSchema } from './schema.ts';

const ErrorBody = named(
  'Error',
  Type.Object({
    error_code: Type.String({ description: 'Stable, for programs.', examples: ['ELB.8902'] }),
    error_msg: Type.String({ description: 'For people: the field, its fault and what would be right.' }),
    request_id: Type.String({ description: 'As in the header X-Request-Id.' }),
  }),
);

const requestId = Type.String({ description: 'As in the header X-Request-Id.' });

/** The header of every answer, good or bad. */
const requestIdHeader = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } };

export interface DocumentedContent {
  readonly 'application/json': { readonly schema: DocumentedSchema; readonly example?: unknown };
}

export interface DocumentedResponse {
  readonly description: string;
  readonly headers?: unknown;
  readonly content?: Partial<DocumentedContent> & {
    readonly 'text/event-stream'?: { readonly schema: DocumentedSchema };
  };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly (DocumentedParameter | Reference)[];
  readonly requestBody?: { readonly required: true; readonly content: DocumentedContent };
  readonly responses: Readonly<Record<string, DocumentedResponse | Reference>>;
  readonly security: readonly unknown[];
  /** The action that its caller must be allowed. */
  readonly 'x-action'?: string;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly unknown[];
  readonly security: readonly unknown[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, DocumentedSchema>> } & Readonly<
    Record<string, unknown>
  >;
}

export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const components = new Components();
  for (const schema of [ErrorBody, PlanBody, ...operations.flatMap(schemasOf)])
    components.learn(schema as DocumentedSchema);
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation, components),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Elbow',
      version: 'v3',
      description: 'An elastic load balancer driven through the Huawei Cloud ELB v3 API.',
    },
    servers: [{ url: '/', description: 'The Elbow that serves this document.' }],
    security: withCredential,
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({
      name,
      ...(groups[name] === undefined ? {} : { description: groups[name] }),
    })),
    paths,
    components: {
      schemas: components.schemas(),
      securitySchemes,
      parameters: commonParameters,
      headers: {
        'X-Request-Id': {
          description: 'Names the call in the logs; quote it when reporting a fault.',
          required: true,
          schema: { type: 'string' },
          example: derivedId('request'),
        },
      },
      responses: commonRefusals(requestIdHeader),
    },
  };
}

const withCredential = [{ token: [] }, { signature: [] }];

const securitySchemes = {
  metrics: {
    type: 'http',
    scheme: 'bearer',
    description: 'The metrics_token of credentials.json, which scrapers hold.',
  },
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Auth-Token',
    description: 'A token of POST /v3/auth/tokens, good for 24 hours unless it is revoked.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'A signature over the call, with X-Sdk-Date: "SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…", or with ' +
      'Credential=…/DATE/REGION/SERVICE/sdk_request, or V11-HMAC-SHA256 with Credential=…/DATE/REGION/SERVICE.',
  },
};

function schemasOf({ body, answer, query = {} }: Operation): TSchema[] {
  return [body, answer, ...Object.values(query).map(({ schema }) => schema)].filter(
    (each) => each !== undefined,
  );
}

function describeOperation(operation: Operation, components: Components): DocumentedOperation {
  const { id, summary, group, body, status, isPublic, takesYaml, takesMetricsToken, action } = operation;
  const taken = body && content(body, requestExample, components);
  const yaml = taken && takesYaml ? { 'application/yaml': { schema: taken['application/json'].schema } } : {};
  return {
    operationId: id,
    summary,
    tags: [group],
    parameters: parametersOf(operation, components),
    ...(taken ? { requestBody: { required: true, content: { ...taken, ...yaml } } } : {}),
    responses: {
      ...plan(operation, components),
      [status]: success(operation, components),
      ...refusalsOf(operation, requestIdHeader),
    },
    security: isPublic ? [] : takesMetricsToken ? [...withCredential, { metrics: [] }] : withCredential,
    ...(action === undefined ? {} : { 'x-action': action }),
  };
}

function content(
  schema: TSchema,
  exampleOf: (schema: DocumentedSchema) => unknown,
  components: Components,
): DocumentedContent {
  return {
    'application/json': {
      schema: components.refer(schema as DocumentedSchema),
      example: exampleOf(schema as DocumentedSchema),
    },
  };
}

/** The answer with dry_run, where that of success has another status. */
function plan(operation: Operation, components: Components): Readonly<Record<string, DocumentedResponse>> {
  if (!isRehearsable(operation) || operation.status === 200) return {};
  const planned = content(PlanBody, answerExample, components);
  return {
    200: {
      description: 'With dry_run: what the call would do.',
      headers: requestIdHeader,
      content: planned,
    },
  };
}

function success(operation: Operation, components: Components): DocumentedResponse {
  const { answer, answerForm, status, carriesRequestId, answerHeaders = {}, otherForms = [] } = operation;
  const headers = {
    ...requestIdHeader,
    ...Object.fromEntries(
      Object.entries(answerHeaders).map(([name, description]) => [
        name,
        { description, required: true, schema: { type: 'string' } },
      ]),
    ),
  };
  if (!answer) return { description: status === 204 ? 'Done; there is no body.' : 'Done.', headers };
  if (answerForm) {
    const content = { [answerForm]: { schema: components.refer(answer as DocumentedSchema) } };
    return { description: 'Done.', headers, content };
  }
  const { properties } = answer as { properties?: Record<string, TSchema> };
  const whole =
    carriesRequestId === false || !properties
      ? answer
      : Type.Object({ ...properties, request_id: requestId });
  const others = otherForms.map((type) => [type, { schema: { type: 'string' } }]);
  const done = content(whole, answerExample, components);
  const { schema } = done['application/json'];
  const planned = components.refer(PlanBody as DocumentedSchema);
  return {
    description:
      isRehearsable(operation) && status === 200 ? 'Done; or with dry_run, what would be.' : 'Done.',
    headers,
    content: {
      'application/json': {
        ...done['application/json'],
        ...(isRehearsable(operation) && status === 200 ? { schema: { anyOf: [schema, planned] } } : {}),
      },
      ...Object.fromEntries(others),
    },
  };
}
