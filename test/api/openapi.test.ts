/** The OpenAPI document and the page made of it: what the 3.1 specification asks of a document, and we of ours. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { type Document, eachOperation, fetchDocument, resolve, type Schema } from '../support/openapi.ts';

const methods = ['get', 'head', 'put', 'post', 'delete'];
let document: Document;
let page: string;
let pageType: string | null;

before(async () => {
  await using cp = await startTestControlPlane();
  document = await fetchDocument(cp.url);
  const docs = await fetch(`${cp.url}/docs`);
  pageType = docs.headers.get('content-type');
  page = await docs.text();
});

/** Every object of the document, with the key it is under and the way to it. */
function* objects(
  value: unknown,
  way: string[] = [],
): Generator<{ at: Record<string, unknown>; way: string[] }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { at: value as Record<string, unknown>, way };
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'example' || key === 'examples' || key === 'default') continue;
    yield* objects(inner, [...way, key]);
  }
}

/** Every schema of the document: the components, and those of parameters and bodies, with all that is in them. */
function schemas(): { schema: Schema; where: string }[] {
  const found: { schema: Schema; where: string }[] = [];
  const visit = (schema: Schema, where: string): void => {
    found.push({ schema, where });
    for (const [key, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${where}.${key}`);
    for (const inner of schema.anyOf ?? []) visit(inner, where);
    if (schema.items) visit(schema.items, `${where}[]`);
  };
  for (const [name, schema] of Object.entries(document.components.schemas)) visit(schema, name);
  for (const { operation } of eachOperation(document)) {
    const { operationId, parameters, requestBody, responses } = operation;
    for (const each of parameters) visit(resolve(document, each).schema, `${operationId} ${each.name}`);
    if (requestBody) visit(requestBody.content['application/json'].schema, operationId);
    for (const response of Object.values(responses)) {
      const content = resolve(document, response).content?.['application/json'];
      if (content) visit(content.schema, `${operationId} answer`);
    }
  }
  return found;
}

test('the document is OpenAPI 3.1: nothing beside the fields of the specification, and all that it requires', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.deepEqual(Object.keys(document).toSorted(), [
    ...['components', 'info', 'openapi', 'paths', 'security', 'servers', 'tags'],
  ]);
  assert.ok(document.info.title && document.info.version);
  assert.ok(document.servers.every(({ url }) => url.startsWith('/')));
  const operationKeys = [
    'operationId',
    'summary',
    'tags',
    'parameters',
    'requestBody',
    'responses',
    'security',
  ];
  const ids = eachOperation(document).map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, method, operation } of eachOperation(document)) {
    const where = `${method} ${path}`;
    assert.match(path, /^\//);
    assert.ok(methods.includes(method), where);
    assert.deepEqual(
      // What begins with x- is an extension of one's own (OpenAPI 3.1, section 4.9).
      Object.keys(operation).filter((key) => !operationKeys.includes(key) && !key.startsWith('x-')),
      [],
      where,
    );
    assert.match(operation.operationId, /^[A-Z]\w+$/);
    assert.ok(operation.summary, where);
    const parameters = operation.parameters.map((each) => resolve(document, each));
    const inPath = parameters.filter((each) => each.in === 'path');
    assert.deepEqual(
      inPath.map(({ name }) => name),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      where,
    );
    assert.ok(
      inPath.every(({ required }) => required),
      where,
    );
    const names = parameters.map((each) => `${each.in} ${each.name}`);
    assert.equal(new Set(names).size, names.length, where);
    for (const each of parameters) {
      assert.ok(['path', 'query', 'header'].includes(each.in) && each.schema && each.description, where);
    }
    const statuses = Object.keys(operation.responses);
    // That of success, and 200 for a plan.
    const done = statuses.filter((status) => /^2\d\d$/.test(status)).filter((status) => status !== '200');
    assert.ok(done.length <= 1 && (done.length === 1 || operation.responses[200]), where);
    for (const status of statuses) assert.match(status, /^[1-5]\d\d$/, where);
    assert.equal(operation.responses[204]?.content, undefined, where);
    if (operation.requestBody) assert.equal(operation.requestBody.required, true);
  }
});

test('tags and security schemes are declared before they are used', () => {
  const tags = document.tags.map(({ name }) => name);
  assert.equal(new Set(tags).size, tags.length);
  assert.deepEqual(
    document.tags.filter(({ description }) => !description),
    [],
    'what is the group for? see src/api/openapi/groups.ts',
  );
  const schemes = Object.keys(document.components.securitySchemes);
  for (const { operation } of eachOperation(document)) {
    assert.ok(operation.tags.length === 1 && operation.tags.every((tag) => tags.includes(tag)));
    for (const choice of operation.security) {
      for (const [scheme, scopes] of Object.entries(choice)) {
        assert.ok(schemes.includes(scheme), scheme);
        assert.deepEqual(scopes, []);
      }
    }
  }
});

test('every reference of the document leads somewhere, and every component is referred to', () => {
  const used = new Set<string>();
  for (const { at } of objects(document)) {
    if (typeof at['$ref'] !== 'string') continue;
    assert.doesNotThrow(() => resolve(document, at as Schema), at['$ref']);
    used.add(at['$ref']);
  }
  for (const [kind, components] of Object.entries(document.components)) {
    for (const name of Object.keys(components)) {
      assert.match(name, /^[A-Za-z0-9._-]+$/);
      if (kind !== 'securitySchemes') assert.ok(used.has(`#/components/${kind}/${name}`), `${kind} ${name}`);
    }
  }
});

test('schemas have the keywords of JSON Schema with values of their types, and limits that can be met', () => {
  const types = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'];
  const checks: Readonly<Record<string, (value: unknown, schema: Schema) => boolean>> = {
    $ref: (value) => String(value).startsWith('#/components/schemas/'),
    title: (value) => typeof value === 'string',
    description: (value) => typeof value === 'string',
    type: (value) => types.includes(String(value)),
    format: (value) => value === 'date-time',
    pattern: (value) => new RegExp(String(value), 'u') instanceof RegExp,
    enum: (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
    const: () => true,
    default: () => true,
    examples: Array.isArray,
    anyOf: (value) => Array.isArray(value) && value.length > 1,
    properties: (value, { type }) => typeof value === 'object' && type === 'object',
    required: (value, { properties = {} }) => (value as string[]).every((key) => key in properties),
    patternProperties: (value, { type }) => typeof value === 'object' && type === 'object',
    additionalProperties: (value) => typeof value === 'boolean',
    items: (value, { type }) => typeof value === 'object' && type === 'array',
    ...Object.fromEntries(
      ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'].map((key) => [
        key,
        Number.isInteger,
      ]),
    ),
  };
  for (const { schema, where } of schemas()) {
    for (const [keyword, value] of Object.entries(schema)) {
      assert.ok(checks[keyword]?.(value, schema), `${where}: ${keyword} ${JSON.stringify(value)}`);
    }
    const limits = schema as Readonly<Record<string, number | undefined>>;
    for (const [low, high] of [
      ['minimum', 'maximum'],
      ['minLength', 'maxLength'],
      ['minItems', 'maxItems'],
    ] as const) {
      assert.ok((limits[low] ?? -Infinity) <= (limits[high] ?? Infinity), where);
    }
  }
});

test('every field says what it means, and objects that are used in several places are named once', () => {
  const silent: string[] = [];
  const inline = new Map<string, string[]>();
  for (const { schema, where } of schemas()) {
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      const inner = [field, ...(field.anyOf ?? [])];
      if (!inner.some(({ description, $ref }) => description || $ref)) silent.push(`${where}.${key}`);
    }
    const isNamed = where in document.components.schemas;
    if (isNamed || !schema.properties || Object.keys(schema.properties).length < 2) continue;
    const text = JSON.stringify(schema.properties);
    inline.set(text, [...(inline.get(text) ?? []), where]);
  }
  assert.deepEqual(silent, []);
  // Two operations may take or answer the same whole body; inside bodies, what is there twice has a name.
  const repeated = [...inline.values()].filter((places) => places.some((where) => /[.[]/.test(where)));
  assert.deepEqual(
    repeated.filter(({ length }) => length > 1),
    [],
  );
});

test('every answer carries X-Request-Id, and every call with a credential may fail for it', () => {
  for (const { operation } of eachOperation(document)) {
    const { operationId, responses, security } = operation;
    for (const response of Object.values(responses)) {
      const { description, headers = {} } = resolve(document, response);
      assert.ok(description, operationId);
      assert.equal(headers['X-Request-Id']?.$ref, '#/components/headers/X-Request-Id', operationId);
    }
    if (security.length > 0) {
      for (const status of [401, 500, 503]) assert.ok(responses[status], `${operationId} ${status}`);
    }
  }
});

test('GET /docs is a page with every operation and schema, and loads nothing from elsewhere', () => {
  assert.match(pageType ?? '', /^text\/html/);
  assert.match(page, /^<!doctype html>/);
  for (const { path, operation } of eachOperation(document)) {
    assert.ok(page.includes(`<code>${path}</code>`), path);
    assert.ok(page.includes(`<details id="${operation.operationId}">`), operation.operationId);
  }
  for (const name of Object.keys(document.components.schemas)) {
    assert.ok(page.includes(`<details id="schema-${name}">`), name);
  }
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, href = ''] of page.matchAll(/ href="([^"]+)"/g)) {
    if (href !== '/openapi.json') assert.ok(anchors.has(href.slice(1)), href);
  }
  assert.doesNotMatch(page, /<script|<link|<img|<iframe| src=|@import|url\(| on\w+=/i);
});
