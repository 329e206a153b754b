import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsPage } from '../docs/fields-page.ts';

test('docs/fields.md says what the code says (npm run docs writes it)', () => {
  assert.equal(readFileSync(new URL('../docs/fields.md', import.meta.url), 'utf8'), fieldsPage());
});
