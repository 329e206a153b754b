/** The API is the ELB v3 interface: the operations, and every name, type and required mark of what they exchange. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { type Document, eachOperation, fetchDocument, type Route, withoutPlans } from '../support/openapi.ts';
import { differences, type Interface, routesOf } from './conformance/differences.ts';
import { exceptions } from './conformance/exceptions.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));
const facts = read('interface.json') as Interface;
/** The names of the operations, and the status of success of each (rules digest 1.9). */
const operations = read('operations.json') as Record<
  string,
  { readonly method: string; readonly path: string; readonly status: number }
>;

let document: Document;
let mine: readonly Route[];

before(async () => {
  await using cp = await startTestControlPlane();
  // That every write can be planned is Elbow's own, and tested as that.
  document = withoutPlans(await fetchDocument(cp.url));
  mine = eachOperation(document);
});

test('the operations known by name are those of the interface', () => {
  const routes = routesOf(facts);
  assert.equal(routes.size, 119);
  const named = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(named.toSorted(), [...routes.keys()].toSorted());
});

test('every operation of the interface is served under its name, method and path', () => {
  const served = new Map(mine.map((each) => [each.operation.operationId, each]));
  for (const [id, { method, path, status }] of Object.entries(operations)) {
    const found = served.get(id);
    assert.ok(found, id);
    assert.deepEqual([found.method.toUpperCase(), found.path], [method, path], id);
    const successes = Object.keys(found.operation.responses).filter((each) => each.startsWith('2'));
    assert.deepEqual(successes, [String(status)], id);
    const parameters = found.operation.parameters.filter((each) => each.in === 'path');
    assert.deepEqual(
      parameters.map(({ name }) => name),
      routesOf(facts).get(`${method} ${path}`)?.path_parameters,
    );
  }
});

test('below a project nothing is served that the interface does not have', () => {
  const routes = routesOf(facts);
  const others = mine.filter(({ method, path }) => !routes.has(`${method.toUpperCase()} ${path}`));
  assert.deepEqual(
    // Networks and public IPs are of other interfaces.
    others.filter(({ path }) => /^\/v3\/\{project_id\}\/(?!(vpc|eip)\/)/.test(path)),
    [],
  );
  // Terraform still calls the tags of the older version, and the cloud controller manager its members.
  const older = others.filter(({ path }) =>
    /^\/v2(\.0)?\/\{project_id\}\/(elb|loadbalancers|listeners)\/(?!resource_instances)/.test(path),
  );
  for (const { method, path } of older) {
    assert.ok(routes.has(`${method.toUpperCase()} ${path.replace(/^\/v2(\.0)?\//, '/v3/')}`), path);
  }
});

test('bodies, answers and queries are the interface’s, but for the exceptions, each of which is one', () => {
  const found = differences(document, facts);
  assert.deepEqual(
    found.filter((each) => !(each in exceptions)),
    [],
    'differences without a reason',
  );
  assert.deepEqual(
    Object.keys(exceptions).filter((each) => !found.includes(each)),
    [],
    'exceptions that are none any more',
  );
});

test('the comparison sees what is missing, misspelt, of another type or otherwise required', () => {
  const field = (type: string, required: boolean) => ({ type, required });
  const wanted: Interface = {
    operations: [
      {
        ...{ method: 'POST', path: '/x', path_parameters: [], query: { name: 'list[str]', limit: 'int' } },
        ...{ body: 'Body', response: 'Answer' },
      },
    ],
    schemas: {
      Body: { fields: { a: field('int', true), b: field('list[Inner]', false), c: field('str', false) } },
      Inner: { fields: { deep: field('bool', true) } },
      Answer: { fields: { a: field('str', true), b: field('str', false) } },
    },
  };
  const text = { type: 'string' };
  const inner = { type: 'object', properties: { deep: text } };
  const body = {
    type: 'object',
    properties: { a: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, b: { type: 'array', items: inner } },
    required: ['b'],
  };
  const answer = { type: 'object', properties: { a: text, bb: text } };
  const content = (schema: object) => ({ 'application/json': { schema } });
  const spoilt: Document = {
    ...document,
    paths: {
      '/x': {
        post: {
          ...{ operationId: 'Make', summary: '', tags: [], security: [] },
          parameters: [{ name: 'name', in: 'query', schema: { type: 'array', items: { type: 'integer' } } }],
          requestBody: { required: true, content: content(body) },
          responses: { 201: { description: '', content: content(answer) } },
        },
      },
    },
  };
  assert.deepEqual(differences(spoilt, wanted).toSorted(), [
    'Answer.a: optional here, required in the interface',
    'Answer.b: missing',
    'Answer.bb: not in the interface',
    'Body.a: optional here, required in the interface',
    'Body.b: required here, optional in the interface',
    'Body.c: missing',
    'Inner.deep: optional here, required in the interface',
    'Inner.deep: string here, bool in the interface',
    'Make?limit: missing',
    'Make?name[]: integer here, str in the interface',
  ]);
});
