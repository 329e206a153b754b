/** The generated pages of the documentation are those that `npm run docs` would write now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsPage } from '../docs/fields-page.ts';
import { openApiFile } from '../docs/openapi-file.ts';

const written = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');

test('docs/fields.md says what the code says', () => {
  assert.equal(written('fields.md'), fieldsPage());
});

test('docs/openapi.json is what a control plane serves', async () => {
  assert.ok(written('openapi.json') === (await openApiFile()), 'run npm run docs');
});
