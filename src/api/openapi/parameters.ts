/** The parameters of an operation as documents have them. */
import { type TSchema, Type } from 'typebox';
import { isRehearsable, type Operation } from '../../model/operation.ts';
import { dryRunParameters } from '../dry-run.ts';
import type { Components } from './components.ts';
import { answerExample } from './examples.ts';
import type { DocumentedSchema } from './schema.ts';

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: DocumentedSchema;
  readonly example?: unknown;
}

export interface Reference {
  readonly $ref: string;
}

/** The parameter that every write has. */
const dryRun: DocumentedParameter = {
  name: 'dry_run',
  in: 'query',
  required: false,
  description: dryRunParameters.dry_run.description,
  schema: dryRunParameters.dry_run.schema as DocumentedSchema,
};

/** Headers that any call with a credential may have. */
const commonHeaders: Readonly<Record<string, DocumentedParameter>> = {
  'X-Sdk-Date': {
    name: 'X-Sdk-Date',
    in: 'header',
    required: false,
    description: 'When the call was signed, UTC; required with a signature, and covered by it.',
    schema: Type.String({ pattern: '^\\d{8}T\\d{6}Z$' }) as DocumentedSchema,
    example: '20260131T093000Z',
  },
  'X-Security-Token': {
    name: 'X-Security-Token',
    in: 'header',
    required: false,
    description: 'The token of a temporary access key; required with a signature of one, and with no other.',
    schema: Type.String() as DocumentedSchema,
  },
};

/** What parameters refer to instead of repeating it. */
export const commonParameters = { ...commonHeaders, dry_run: dryRun };

export function parametersOf(
  operation: Operation,
  components: Components,
): (DocumentedParameter | Reference)[] {
  return [
    ...pathParameters(operation),
    ...queryParameters(operation, components),
    ...(isRehearsable(operation) ? [{ $ref: '#/components/parameters/dry_run' }] : []),
    ...headerParameters(operation),
  ];
}

/** What a parameter of a path names: `load balancer` for `loadbalancer_id`. */
export function labelOf(parameter: string): string {
  const words: Readonly<Record<string, string>> = {
    loadbalancer: 'load balancer',
    healthmonitor: 'health monitor',
    l7policy: 'l7 policy',
    l7rule: 'l7 rule',
  };
  const noun = parameter.replace(/_id$/, '');
  return words[noun] ?? noun.replaceAll('_', ' ');
}

function pathParameters({ path }: Operation): DocumentedParameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: `The id of the ${labelOf(name)}.`,
    schema: Type.String({ minLength: 1 }) as DocumentedSchema,
    example: answerExample({ type: 'string' }, name),
  }));
}

function queryParameters({ query = {} }: Operation, components: Components): DocumentedParameter[] {
  return Object.entries(query).map(([name, { schema, arity, description }]) => ({
    name,
    in: 'query',
    required: false,
    description: arity === 'many' ? `${description} Repeat the parameter for several values.` : description,
    schema: components.refer((arity === 'many' ? Type.Array(schema) : schema) as TSchema & DocumentedSchema),
  }));
}

function headerParameters({ requestHeaders = {}, isPublic }: Operation): (DocumentedParameter | Reference)[] {
  return [
    ...Object.entries(requestHeaders).map(
      ([name, description]): DocumentedParameter => ({
        name,
        in: 'header',
        required: true,
        description,
        schema: Type.String() as DocumentedSchema,
      }),
    ),
    ...(isPublic
      ? []
      : Object.keys(commonHeaders).map((name) => ({ $ref: `#/components/parameters/${name}` }))),
  ];
}
