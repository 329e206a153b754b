/** What docs/clients.md prints for those that are not programs of a client under test. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { printed, runPrinted } from './documented.ts';

test('what the documentation prints for curl makes a load balancer and lists it', async () => {
  assert.equal(await runPrinted(() => ''), '"name":"first"\n');
});

test('the provider block that the documentation prints is that of the example, which Terraform applied', () => {
  const example = readFileSync(
    new URL('../../examples/terraform/huaweicloud/main.tf', import.meta.url),
    'utf8',
  );
  assert.ok(example.includes(printed('Terraform and OpenTofu', 'hcl')));
});
