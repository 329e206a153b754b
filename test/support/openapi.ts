/** The OpenAPI document as tests read it: its shape, its operations and its references. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Content {
  readonly 'application/json': { readonly schema: Schema; readonly example?: unknown };
}

export interface Response {
  readonly $ref?: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly $ref?: string }>>;
  readonly content?: Content;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export async function fetchDocument(url: string): Promise<Document> {
  const response = await fetch(`${url}/openapi.json`);
  if (response.status !== 200) throw new Error(`/openapi.json answered ${response.status}`);
  return (await response.json()) as Document;
}

export function eachOperation({ paths }: Document): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

/** The operation that a call is one of; the path is as called, without its query. */
export function operationFor(document: Document, method: string, path: string): Operation | undefined {
  const matches = eachOperation(document).filter(
    (each) =>
      each.method === method.toLowerCase() &&
      new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  // A word of the path wins over an id.
  return matches.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0]?.operation;
}

/** A schema with what it refers to in place of each reference. */
export function inlined(document: Document, schema: Schema): Schema {
  const { $ref, properties, items, anyOf, ...rest } = schema;
  if ($ref !== undefined) return { ...inlined(document, resolve(document, { $ref })), ...rest };
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, inner]) => [key, inlined(document, inner)]),
      ),
    }),
    ...(items && { items: inlined(document, items) }),
    ...(anyOf && { anyOf: anyOf.map((inner) => inlined(document, inner)) }),
  };
}

/** What a reference leads to; anything else is itself. */
export function resolve<T extends { readonly $ref?: string }>(document: Document, value: T): T {
  if (value.$ref === undefined) return value;
  const steps = value.$ref.replace(/^#\//, '').split('/');
  const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], document);
  if (found === undefined) throw new Error(`${value.$ref} leads nowhere`);
  return resolve(document, found as T);
}

const planReference = '#/components/schemas/Plan';

/** The document as it would be if no write could be planned with `dry_run`. */
export function withoutPlans(document: Document): Document {
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const plain = Object.entries(methods).map(([method, operation]) => [method, withoutPlan(operation)]);
    return [path, Object.fromEntries(plain)];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withoutPlan(operation: Operation): Operation {
  const responses = Object.entries(operation.responses).flatMap(([status, response]) => {
    const schema = response.content?.['application/json']?.schema;
    if (schema?.$ref === planReference) return [];
    const others = schema?.anyOf?.filter(({ $ref }) => $ref !== planReference);
    const [only] = others ?? [];
    if (!only || others?.length === schema?.anyOf?.length) return [[status, response]];
    return [[status, { ...response, content: { 'application/json': { schema: only } } }]];
  });
  return {
    ...operation,
    parameters: operation.parameters.filter(({ $ref }) => $ref !== '#/components/parameters/dry_run'),
    responses: Object.fromEntries(responses),
  };
}
