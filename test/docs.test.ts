/** The generated pages of the documentation are those that `npm run docs` would write now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readEvidence } from '../docs/evidence.ts';
import { fieldsPage } from '../docs/fields-page.ts';
import { openApiFile } from '../docs/openapi-file.ts';
import { evidence } from './support/evidence.ts';

const written = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');

test('docs/fields.md says what the code says', () => {
  assert.equal(written('fields.md'), fieldsPage());
});

test('docs/openapi.json is what a control plane serves', async () => {
  assert.ok(written('openapi.json') === (await openApiFile()), 'run npm run docs');
});

test('all evidence in the tests is of fields that there are, and of traffic only where it is meant', () => {
  const found = readEvidence();
  assert.ok(found.size > 100);
  // By way of a name that is not that of the calls, which the documentation is read from.
  const check = evidence;
  for (const [name, calls] of found) {
    for (const { kind, values } of calls) check(name, kind, values);
  }
  for (const [wrong, kind] of [
    ['member.wait', 'enforced'],
    ['nothing.id', 'enforced'],
    ['member.name', 'traffic'],
  ] as const) {
    assert.throws(() => check(wrong, kind));
  }
  assert.throws(() => check('pool.lb_algorithm', 'traffic', ['RANDOM']));
});
