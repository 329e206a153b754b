/** Every field of every request refuses what its description does not take, and names itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { type Document, eachOperation, fetchDocument, inlined } from '../support/openapi.ts';
import { bodyWith, type WrongValue, wrongValues } from '../support/wrong-values.ts';
import { assertDone } from './fixtures.ts';

let cp: TestControlPlane;
let document: Document;

before(async () => {
  cp = await startTestControlPlane();
  document = await fetchDocument(cp.url);
});

after(() => cp[Symbol.asyncDispose]());

const somewhere = '00000000-0000-4000-8000-000000000000';

test('wrong values of every field of every request are refused by name, and nothing is written', async () => {
  const fields = new Set<string>();
  let sent = 0;
  for (const { path, method, operation } of eachOperation(document)) {
    const content = operation.requestBody?.content['application/json'];
    if (!content) continue;
    const schema = inlined(document, content.schema);
    const at = path.replace('{project_id}', cp.api.projectId).replaceAll(/\{\w+\}/g, somewhere);
    const check = async (wrong: WrongValue) => {
      const body = bodyWith(schema, content.example, wrong.path, wrong.value);
      const reply = await cp.api.call(method.toUpperCase(), at, body);
      const what = `${operation.operationId} ${wrong.path.join('.')} ${JSON.stringify(wrong.value)?.slice(0, 80)}`;
      assert.equal(reply.status, 400, `${what}: ${JSON.stringify(reply.body)}`);
      assert.equal(reply.body.error_code, 'ELB.8902', what);
      assert.ok(reply.body.error_msg.includes(wrong.named), `${what}: ${reply.body.error_msg}`);
      fields.add(`${operation.operationId} ${wrong.path.join('.')}`);
      sent += 1;
    };
    const values = wrongValues(schema);
    for (let first = 0; first < values.length; first += 16) {
      await Promise.all(values.slice(first, first + 16).map(check));
    }
  }
  assert.ok(fields.size > 800 && sent > 4000, `${sent} values of ${fields.size} fields`);
  for (const list of ['loadbalancers', 'listeners', 'pools', 'members', 'healthmonitors', 'certificates']) {
    assert.deepEqual(assertDone(await cp.api.get(`/elb/${list}`))[list], []);
  }
});

test('what an update may not change is refused as such', async () => {
  const created = new Map<string, ReturnType<typeof inlined>>();
  const updated: { readonly path: string; readonly key: string; readonly fields: readonly string[] }[] = [];
  for (const { path, method, operation } of eachOperation(document)) {
    const content = operation.requestBody?.content['application/json'];
    if (!content) continue;
    const [[key = '', schema] = []] = Object.entries(inlined(document, content.schema).properties ?? {});
    if (!schema) continue;
    if (operation.operationId.startsWith('Create') && method === 'post') created.set(path, schema);
    const before = created.get(path.replace(/\/\{\w+\}$/, ''));
    if (!operation.operationId.startsWith('Update') || method !== 'put' || !before) continue;
    const fixed = Object.keys(before.properties ?? {}).filter(
      (field) => !(field in (schema.properties ?? {})),
    );
    updated.push({ path, key, fields: fixed });
  }
  assert.ok(updated.length >= 9);
  for (const { path, key, fields } of updated) {
    const at = path.replace('{project_id}', cp.api.projectId).replaceAll(/\{\w+\}/g, somewhere);
    for (const field of fields) {
      const { status, body } = await cp.api.put(at, { [key]: { [field]: 'x' } });
      assert.equal(status, 400, `${at} ${field}`);
      assert.match(body.error_msg, new RegExp(`'${key}\\.${field}': it cannot be changed after creation`));
    }
  }
});
