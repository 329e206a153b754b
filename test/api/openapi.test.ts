/** The OpenAPI document and the page made of it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import facts from '../data/interface-facts.json' with { type: 'json' };
import { startTestControlPlane } from '../support/control-plane.ts';

interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly $ref?: string;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { required: boolean; content: { 'application/json': { schema: Schema } } };
  readonly responses: Readonly<
    Record<string, { description: string; content?: { 'application/json': { schema: Schema } } }>
  >;
}

const methods = ['get', 'put', 'post', 'delete'];
let document: {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
};
let page: string;
let pageType: string | null;

before(async () => {
  await using cp = await startTestControlPlane();
  const response = await fetch(`${cp.url}/openapi.json`);
  assert.equal(response.status, 200);
  document = (await response.json()) as typeof document;
  const docs = await fetch(`${cp.url}/docs`);
  pageType = docs.headers.get('content-type');
  page = await docs.text();
});

function operations(): [string, string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, items]) =>
    Object.entries(items).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );
}

test('the document is OpenAPI 3.1: versions, methods, unique ids, path parameters and responses', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version);
  const ids = operations().map(([, , { operationId }]) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [path, method, operation] of operations()) {
    const where = `${method} ${path}`;
    assert.ok(methods.includes(method), where);
    assert.ok(operation.summary && operation.tags.length > 0, where);
    const inPath = operation.parameters.filter((each) => each.in === 'path');
    assert.deepEqual(
      inPath.map(({ name }) => name),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      where,
    );
    assert.ok(
      inPath.every(({ required }) => required),
      where,
    );
    const names = operation.parameters.map((each) => `${each.in} ${each.name}`);
    assert.equal(new Set(names).size, names.length, where);
    const statuses = Object.keys(operation.responses);
    assert.ok(
      statuses.some((status) => status.startsWith('2')),
      where,
    );
    for (const response of Object.values(operation.responses)) assert.ok(response.description, where);
    if (operation.requestBody) assert.ok(operation.requestBody.content['application/json'].schema, where);
  }
});

test('every reference of the document leads somewhere', () => {
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === '$ref') {
        const found = String(inner)
          .replace(/^#\//, '')
          .split('/')
          .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document);
        assert.ok(found, String(inner));
      }
      visit(inner);
    }
  };
  visit(document);
});

test('every operation of the ELB API has the method, path and query of the interface', () => {
  const mine = operations().filter(([path]) => path.startsWith('/v3/{project_id}/'));
  assert.ok(mine.length >= 30);
  const known = new Map(facts.operations.map((each) => [`${each.method} ${each.path}`, each]));
  for (const [path, method, operation] of mine) {
    const fact = known.get(`${method.toUpperCase()} ${path}`);
    assert.ok(fact, `${method} ${path} is not an operation of the interface`);
    assert.equal(operation.operationId, fact.id);
    const query = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => name);
    assert.deepEqual(
      fact.query.filter((name) => !query.includes(name)),
      [],
      `${method} ${path}`,
    );
    assert.equal(operation.requestBody !== undefined, fact.body !== null, `${method} ${path}`);
  }
});

/** Whether a described type takes values of the interface's type. */
function typesOf(schema: Schema): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap(typesOf);
  return [schema.type ?? (schema.enum ? typeof schema.enum[0] : 'any')];
}
const jsonTypes: Record<string, string> = { str: 'string', int: 'integer', bool: 'boolean' };

test('every answer and body has the fields and types of the interface', () => {
  for (const { method, path, answer, body } of facts.operations) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (!operation) continue;
    const [status = ''] = Object.keys(operation.responses).filter((each) => each.startsWith('2'));
    const answered = operation.responses[status]?.content?.['application/json'].schema;
    if (answer) compare(answered, answer, `${method} ${path} answer`);
    if (body)
      compare(operation.requestBody?.content['application/json'].schema, body, `${method} ${path} body`);
  }
});

function compare(schema: Schema | undefined, name: string, where: string): void {
  const fact: Record<string, string> | undefined = (facts.schemas as Record<string, Record<string, string>>)[
    name
  ];
  assert.ok(fact, name);
  const object = schema?.anyOf?.find((each) => each.properties) ?? schema;
  for (const [key, type] of Object.entries(fact)) {
    const field = object?.properties?.[key];
    assert.ok(field, `${where}: ${name}.${key} is missing`);
    const inner = /^list\[(.*)\]$/.exec(type)?.[1];
    if (inner !== undefined) {
      const list = field.anyOf?.find((each) => each.type === 'array') ?? field;
      assert.equal(list.type, 'array', `${where}: ${name}.${key}`);
      compareType(list.items, inner, `${where}: ${name}.${key}[]`);
    } else compareType(field, type, `${where}: ${name}.${key}`);
  }
}

function compareType(schema: Schema | undefined, type: string, where: string): void {
  const simple = jsonTypes[type];
  if (simple) assert.ok(typesOf(schema ?? {}).includes(simple), `${where} is not ${type}`);
  else if (type in facts.schemas) compare(schema, type, where);
}

test('GET /docs is a page that names every operation and loads nothing from elsewhere', () => {
  assert.match(pageType ?? '', /^text\/html/);
  assert.match(page, /^<!doctype html>/);
  for (const [path] of operations()) assert.ok(page.includes(`<code>${path}</code>`), path);
  assert.doesNotMatch(page, /<script|src=|https?:\/\//);
});
