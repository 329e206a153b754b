/** The OpenAPI document and the page made of it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { type Document, eachOperation, fetchDocument, resolve, type Schema } from '../support/openapi.ts';

const methods = ['get', 'put', 'post', 'delete'];
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

test('the document is OpenAPI 3.1: versions, methods, unique ids, path parameters and responses', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version);
  const ids = eachOperation(document).map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, method, operation } of eachOperation(document)) {
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
      if (key === '$ref') assert.doesNotThrow(() => resolve(document, value as Schema));
      visit(inner);
    }
  };
  visit(document);
});

test('GET /docs is a page that names every operation and loads nothing from elsewhere', () => {
  assert.match(pageType ?? '', /^text\/html/);
  assert.match(page, /^<!doctype html>/);
  for (const { path } of eachOperation(document)) assert.ok(page.includes(`<code>${path}</code>`), path);
  assert.doesNotMatch(page, /<script|src=|https?:\/\//);
});
